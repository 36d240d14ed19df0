//! Views and mutes as they are kept among the marks: short texts that people can read too.
//!
//! The definition of a view is its filter, after a line `alert` where it is one. A mute is kept under its filter: when it
//! ends, in seconds since the epoch, or nothing.

use super::{Mute, MuteEnd, SavedView};

/// What the names of mutes among the settings begin with.
const MUTE_PREFIX: &str = "mute ";

impl SavedView {
    /// What is kept of it beside its name.
    #[must_use]
    pub fn definition(&self) -> String {
        let alert = if self.alert { "alert\n" } else { "" };
        format!("{alert}{}", self.filter)
    }

    /// The view of a name and of what was kept.
    #[must_use]
    pub fn from_definition(name: &str, definition: &str) -> Self {
        let rest = definition.strip_prefix("alert\n");
        Self {
            name: name.to_owned(),
            filter: rest.unwrap_or(definition).to_owned(),
            alert: rest.is_some(),
            ..Self::default()
        }
    }
}

impl Mute {
    /// Under which name it is kept among the settings.
    #[must_use]
    pub fn setting_name(filter: &str) -> String {
        format!("{MUTE_PREFIX}{filter}")
    }

    /// The mute of a setting, where it is one; `until` is when it ends.
    #[must_use]
    pub fn from_setting(name: &str, until: &str) -> Option<Self> {
        let filter = name.strip_prefix(MUTE_PREFIX)?;
        Some(Self {
            name: None,
            filter: filter.to_owned(),
            until: until.parse().ok().map(MuteEnd::Moment),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_again() {
        for alert in [true, false] {
            let view = SavedView {
                name: "oil".into(),
                filter: "headline:oil | alert".into(),
                alert,
                ..SavedView::default()
            };
            assert_eq!(SavedView::from_definition("oil", &view.definition()), view);
        }
        let mute = Mute::from_setting(&Mute::setting_name("slug:cup"), "70").unwrap();
        assert_eq!(
            (mute.filter.as_str(), mute.until),
            ("slug:cup", Some(MuteEnd::Moment(70)))
        );
        assert_eq!(Mute::from_setting("mute a", "").unwrap().until, None);
        assert_eq!(Mute::from_setting("sort", "time"), None);
    }
}
