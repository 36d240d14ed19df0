//! Ages and sizes as people write them: `36h`, `256M`.

/// Seconds of an age: a whole number and one of `s`, `m`, `h`, `d`, `w`, as in `90m`, `12h`, `7d` or `1w`.
#[must_use]
pub fn parse_age(text: &str) -> Option<i64> {
    let units = [
        ("s", 1),
        ("m", 60),
        ("h", 3_600),
        ("d", 86_400),
        ("w", 604_800),
    ];
    parse_amount(text, &units).and_then(|seconds| i64::try_from(seconds).ok())
}

/// Bytes of a size: a whole number, and K, M or G for powers of 1,024, as in `256M`, `1 GiB` or `512`.
#[must_use]
pub fn parse_size(text: &str) -> Option<u64> {
    let units = [
        ("", 1),
        ("b", 1),
        ("k", 1 << 10),
        ("kib", 1 << 10),
        ("m", 1 << 20),
        ("mib", 1 << 20),
        ("g", 1 << 30),
        ("gib", 1 << 30),
    ];
    parse_amount(text, &units)
}

/// A number of so much each; case does not count.
fn parse_amount(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at(digits);
    let (_, each) = units
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(unit.trim()))?;
    number.parse::<u64>().ok()?.checked_mul(*each)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages() {
        let hour = 3_600;
        let read = ["90s", "90m", "12h", "7D", "1w"].map(parse_age);
        let seconds = [90, 90 * 60, 12 * hour, 7 * 24 * hour, 7 * 24 * hour];
        assert_eq!(read, seconds.map(Some));
        let wrong = ["", "7", "d", "-1d", "1.5h", "1y", "99999999999999999w"];
        assert_eq!(wrong.map(parse_age), wrong.map(|_| None));
    }

    #[test]
    fn sizes() {
        let read = ["512", "3b", "64K", "256M", "1gib", "1 G"].map(parse_size);
        let bytes = [512, 3, 64 << 10, 256 << 20, 1 << 30, 1 << 30];
        assert_eq!(read, bytes.map(Some));
        let wrong = ["", "much", "M", "-1", "1T", "99999999999G"];
        assert_eq!(wrong.map(parse_size), wrong.map(|_| None));
    }
}
