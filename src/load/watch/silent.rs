//! Where the system is not asked for events: every folder is looked at now and then instead.

use std::path::Path;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::{Event, Silent};

/// No events; only a bell.
#[derive(Debug, Default)]
pub(in crate::load::watch) struct Events {
    rung: Mutex<bool>,
    bell: Condvar,
}

impl Events {
    pub(in crate::load::watch) fn new() -> std::io::Result<Self> {
        Ok(Self::default())
    }

    pub(in crate::load::watch) fn add(&self, _: &Path) -> Result<(), Silent> {
        let why = "this system is not asked for events";
        Err(Silent::Poll(why.to_owned()))
    }

    pub(in crate::load::watch) fn remove_below(&self, _: &Path) {}

    pub(in crate::load::watch) fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.bell.notify_all();
    }

    pub(in crate::load::watch) fn wait(&self, time: Option<Duration>) {
        let mut rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        while !*rung {
            let Some(time) = time else {
                rung = self.bell.wait(rung).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let waited = self.bell.wait_timeout(rung, time);
            rung = waited.unwrap_or_else(PoisonError::into_inner).0;
            break;
        }
        *rung = false;
    }

    pub(in crate::load::watch) fn drain(&self) -> Vec<Event> {
        Vec::new()
    }
}
