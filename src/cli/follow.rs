//! Arguments of following: what is kept of what arrives, and how the stream for scripts is printed.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::text;

/// What is kept of what arrives, for the day when others empty the spool.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct RetentionArgs {
    /// How much of what arrives is kept in memory, compressed, so that it stays readable when its file is deleted:
    /// `256M`, `1G` [default: that of the config file, or 256M]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub keep_size: Option<u64>,
    /// How long it is kept at most: `90m`, `12h`, `7d`, `1w` [default: that of the config file, or 7d]
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

/// `256M`: bytes.
fn size(text: &str) -> Result<u64, String> {
    text::parse_size(text)
        .ok_or_else(|| "a number and K, M or G are wanted, like 256M or 1G".to_owned())
}

/// `7d`: seconds, minutes, hours, days, weeks.
fn time(text: &str) -> Result<Duration, String> {
    let seconds = text::parse_age(text).and_then(|seconds| u64::try_from(seconds).ok());
    seconds.map(Duration::from_secs).ok_or_else(|| {
        "a number with s, m, h, d or w is wanted, like 90m, 12h, 7d or 1w".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times() {
        assert_eq!(size("256M"), Ok(256 << 20));
        assert_eq!(time("90m"), Ok(Duration::from_mins(90)));
        assert_eq!(time("1w"), time("7d"));
        assert!(size("much").is_err() && size("99999999999G").is_err());
        assert!(time("7").is_err() && time("-1d").is_err());
    }
}
