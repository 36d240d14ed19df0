//! A source in words: the same for the screen and for a pipe.

use std::fmt::Write as _;

use super::{Sequence, WireSource};
use crate::dispatch::Stamp;
use crate::text::count_noun;

/// Gaps of one service that are named; the others are counted.
const MAX_LISTED: usize = 12;

impl WireSource {
    /// The name of the agency, or what stands for it.
    #[must_use]
    pub fn display_name(&self) -> &str {
        if self.agency.is_empty() {
            "no agency named"
        } else {
            &self.agency
        }
    }

    /// What there is to tell, as names and values; `when` writes a time.
    #[must_use]
    pub fn describe(&self, when: &dyn Fn(Stamp) -> String) -> Vec<(String, String)> {
        let mut told = vec![("dispatches".to_owned(), self.dispatches.to_string())];
        let mut add = |name: &str, value: String| told.push((name.to_owned(), value));
        if let Some(last) = self.last {
            add("last", when(last));
        }
        if let Some(arrived) = self.arrived {
            add("arrived", when(Stamp::from_seconds(arrived)));
        }
        if self.last.is_some() {
            let [one, six, day] = [1, 6, super::RATE_HOURS].map(|hours| self.count_within(hours));
            let rate = format!("{one} in the last hour, {six} in 6 hours, {day} in 24");
            add("rate", rate);
        }
        if let Some(silence) = self.silence {
            let span = format_duration(silence.seconds());
            let (from, to) = (when(silence.from), when(silence.to));
            add("longest silence", format!("{span}, {from} to {to}"));
        }
        for sequence in &self.sequences {
            let service = match sequence.service.as_str() {
                "" => "numbers".to_owned(),
                service => format!("service {service}"),
            };
            add(&service, sequence.describe());
        }
        told
    }
}

impl Sequence {
    /// What there is to tell: `584 to 601, 15 items; missing 3: 586, 590-591`.
    #[must_use]
    pub fn describe(&self) -> String {
        let items = count_noun(self.items, "item");
        let mut parts = vec![format!("{} to {}, {items}", self.first, self.last)];
        let list = |numbers: Vec<String>| {
            let more = numbers.len().saturating_sub(MAX_LISTED);
            let mut named = numbers[..numbers.len() - more].join(", ");
            if more > 0 {
                let _ = write!(named, " and {more} more");
            }
            named
        };
        if self.gaps.is_empty() {
            parts.push("none missing".to_owned());
        } else {
            let gaps = self.gaps.iter().map(|gap| {
                if gap.first == gap.last {
                    gap.first.to_string()
                } else {
                    format!("{}-{}", gap.first, gap.last)
                }
            });
            parts.push(format!(
                "missing {}: {}",
                self.missing_count(),
                list(gaps.collect())
            ));
        }
        if !self.repeated.is_empty() {
            let twice = self.repeated.iter().map(u32::to_string);
            parts.push(format!("more than once: {}", list(twice.collect())));
        }
        match self.restarts {
            0 => {}
            1 => parts.push("began again once".to_owned()),
            times => parts.push(format!("began again {times} times")),
        }
        parts.join("; ")
    }
}

/// A span of time as people say it: `4 h 12 min`.
fn format_duration(seconds: i64) -> String {
    let minutes = seconds / 60;
    match (minutes / 1440, minutes / 60 % 24, minutes % 60) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_said_as_people_say_them() {
        let spans = [7, 70, 3_660, 90_000].map(format_duration);
        assert_eq!(spans, ["7 s", "1 min", "1 h 1 min", "1 d 1 h"]);
    }

    #[test]
    fn sequences_are_told_in_a_line() {
        let sequence = Sequence {
            items: 3,
            first: 5,
            last: 9,
            repeated: vec![7],
            restarts: 1,
            ..Sequence::default()
        };
        assert_eq!(
            sequence.describe(),
            "5 to 9, 3 items; none missing; more than once: 7; began again once"
        );
    }
}
