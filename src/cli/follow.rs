//! Arguments of following: what is kept of what arrives, and how the stream for scripts is printed.

use std::time::Duration;

use clap::{Args, ValueEnum};

/// What is kept of what arrives, for the day when others empty the spool.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Keep {
    /// How much of what arrives is kept in memory, compressed, so that it stays readable when its file is deleted:
    /// `256M`, `1G` [default: that of the config file, or 256M]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub keep_size: Option<u64>,
    /// How long it is kept at most: `90m`, `12h`, `7d` [default: that of the config file, or 7d]
    #[arg(long, value_name = "TIME", value_parser = time)]
    pub keep_age: Option<Duration>,
}

/// The forms of the stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum FollowFormat {
    /// One JSON object a line, whole: as `show` prints
    #[default]
    Jsonl,
    /// As `show` prints, for people
    Text,
    /// Columns parted by tabs: as `show` prints
    Tsv,
}

/// A number and a unit.
fn number<'a>(text: &'a str, units: &[(&'a str, u64)], example: &str) -> Result<u64, String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let factor = units
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit))
        .map(|(_, factor)| *factor);
    let whole = number.parse::<u64>().ok().zip(factor);
    whole
        .and_then(|(number, factor)| number.checked_mul(factor))
        .ok_or_else(|| format!("a number and a unit are wanted, like {example}"))
}

/// `256M`: bytes, with K, M, G for powers of 1,024.
fn size(text: &str) -> Result<u64, String> {
    let units = [
        ("", 1),
        ("B", 1),
        ("K", 1 << 10),
        ("KiB", 1 << 10),
        ("M", 1 << 20),
        ("MiB", 1 << 20),
        ("G", 1 << 30),
        ("GiB", 1 << 30),
    ];
    number(text, &units, "256M or 1G")
}

/// `7d`: seconds, minutes, hours, days.
fn time(text: &str) -> Result<Duration, String> {
    let units = [("s", 1), ("m", 60), ("h", 3600), ("d", 86_400)];
    number(text, &units, "90m, 12h or 7d").map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times() {
        assert_eq!(size("256M"), Ok(256 << 20));
        assert_eq!(size("1gib"), Ok(1 << 30));
        assert_eq!(size("512"), Ok(512));
        assert_eq!(time("90m"), Ok(Duration::from_mins(90)));
        assert_eq!(time("7d"), Ok(Duration::from_hours(168)));
        assert!(size("much").is_err() && size("99999999999G").is_err());
        assert!(time("7").is_err() && time("-1d").is_err());
    }
}
