//! What was seen when calls failed: counts, the troubles with the faults that led to them, and whether they are known.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::shim::{FOR_EVER, Fault, KINDS, Kind, Plan};

/// What must never happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    /// A mark was acknowledged and is not there.
    Lost,
    /// A sound database was set aside.
    SetAside,
    /// Exit code 0 with something missing, or something missing without a word.
    Silent,
    /// The program panicked or was ended by a signal.
    Panicked,
    /// The program did not end, or the screen did not answer.
    Hung,
}

/// Troubles that are known and not mended yet: the scenario, the kind of call, what happens. This list may only shrink.
const KNOWN: &[(&str, Kind, Trouble)] = &[];

/// How much is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// One call of each kind, with the first of its errors.
    Pick,
    /// A few calls of each kind, with the first of its errors.
    Sample,
    /// All calls up to the 400th, then every tenth, with the first of the errors, once and from then on.
    EachCall,
    /// The same with all errors, and in bursts.
    Whole,
}

impl Extent {
    /// Which of so many calls fail.
    fn positions(self, calls: u64) -> Vec<u64> {
        match self {
            Self::EachCall | Self::Whole => {
                (1..=calls.min(400)).chain((410..=calls).step_by(10)).collect()
            }
            Self::Pick => {
                (1..=calls).skip(usize::try_from(calls / 2).unwrap_or(0)).take(1).collect()
            }
            Self::Sample => {
                let mut some = vec![1, calls / 3, calls * 2 / 3, calls];
                some.retain(|&first| first > 0 && first <= calls);
                some.dedup();
                some
            }
        }
    }

    /// The faults to try where a run without any has made the calls that `plan` has counted.
    pub(crate) fn faults(self, plan: &Plan) -> Vec<Fault> {
        let (errors, bursts): (usize, &[u64]) = match self {
            Self::Pick | Self::Sample => (1, &[1]),
            Self::EachCall => (1, &[1, FOR_EVER]),
            Self::Whole => (usize::MAX, &[1, 3, FOR_EVER]),
        };
        let mut faults = Vec::new();
        for (kind, errnos) in KINDS {
            for &errno in errnos.iter().take(errors) {
                for &burst in bursts {
                    for first in self.positions(plan.calls(kind)) {
                        // A call that is interrupted for ever is no call.
                        if (errno, burst) != (rustix::io::Errno::INTR, FOR_EVER) {
                            faults.push(Fault { kind, errno, first, burst });
                        }
                    }
                }
            }
        }
        faults
    }
}

/// A run that takes longer waits for something that it does not get.
const SLOW: Duration = Duration::from_secs(4);

/// So many slow runs of a kind are enough.
const MOST_SLOW: usize = 3;

fn slow_key(fault: Fault) -> (Kind, i32, u64) {
    (fault.kind, fault.errno.raw_os_error(), fault.burst)
}

/// The counts of one scenario.
#[derive(Default)]
pub(crate) struct Tally {
    scenario: &'static str,
    runs: usize,
    /// Runs in which a call did fail.
    hit: usize,
    acknowledged: usize,
    /// How many runs were slow, by kind, error and burst.
    slow: BTreeMap<(Kind, i32, u64), usize>,
    /// The calls at which something happened, and the first account of it.
    troubles: BTreeMap<(Kind, Trouble, String), (Vec<u64>, String)>,
}

impl Tally {
    pub(crate) fn new(scenario: &'static str) -> Self {
        Self { scenario, ..Self::default() }
    }

    /// Whether several runs of this kind have taken so long that the others are left out.
    pub(crate) fn is_too_slow(&self, fault: Fault) -> bool {
        let slow = self.slow.get(&slow_key(fault));
        slow.is_some_and(|&runs| runs >= MOST_SLOW)
    }

    /// Counts a run. `acknowledged`: whether the program has said that all went well.
    pub(crate) fn add(
        &mut self,
        fault: Fault,
        failed: u64,
        took: Duration,
        acknowledged: bool,
        seen: Result<(), (Trouble, String)>,
    ) {
        self.runs += 1;
        self.hit += usize::from(failed > 0);
        self.acknowledged += usize::from(acknowledged);
        if took > SLOW {
            *self.slow.entry(slow_key(fault)).or_default() += 1;
        }
        let Err((trouble, account)) = seen else {
            return;
        };
        let error = std::io::Error::from(fault.errno).to_string();
        let error = error.split(" (").next().unwrap_or_default();
        let how = match fault.burst {
            FOR_EVER => format!("{error} from then on"),
            burst => format!("{error}, {burst} in a row"),
        };
        let found = self.troubles.entry((fault.kind, trouble, how));
        let found = found.or_insert_with(|| (Vec::new(), account));
        found.0.push(fault.first);
    }

    fn count(&self, wanted: Trouble) -> usize {
        let troubles = self.troubles.iter();
        let wanted = troubles.filter(|((_, trouble, _), _)| *trouble == wanted);
        wanted.map(|(_, (calls, _))| calls.len()).sum()
    }

    /// Prints the counts; fails if there is a trouble that is not known.
    pub(crate) fn finish(self) {
        println!("{self}");
        let is_known = |kind, trouble| KNOWN.contains(&(self.scenario, kind, trouble));
        let mut troubles = self.troubles.keys();
        assert!(troubles.all(|(kind, trouble, _)| is_known(*kind, *trouble)), "{self}");
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: {} runs, in {} a call failed, {} acknowledged; marks lost {}, databases set aside {}, silent failures {}, \
             panics {}, hangs {}; slow runs {}",
            self.scenario,
            self.runs,
            self.hit,
            self.acknowledged,
            self.count(Trouble::Lost),
            self.count(Trouble::SetAside),
            self.count(Trouble::Silent),
            self.count(Trouble::Panicked),
            self.count(Trouble::Hung),
            self.slow.values().sum::<usize>(),
        )?;
        for ((kind, trouble, how), (calls, account)) in &self.troubles {
            let first = &calls[..calls.len().min(12)];
            let account = account.lines().take(8).collect::<Vec<_>>().join("\n    ");
            write!(
                f,
                "\n  {kind:?} ({how}): {trouble:?} at {} calls, as {first:?}: {account}",
                calls.len()
            )?;
        }
        Ok(())
    }
}
