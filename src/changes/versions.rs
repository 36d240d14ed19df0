//! Which of the earlier versions of a story a version is best compared with.

use crate::dispatch::Role;

/// What must be known of a version to choose one.
#[derive(Debug, Clone, Copy)]
pub struct VersionInfo {
    pub role: Role,
    pub words: u32,
}

impl VersionInfo {
    /// True where it tells the story: not an add to it, a kill, an advisory about it.
    #[must_use]
    pub fn is_full_story(self) -> bool {
        !matches!(self.role, Role::Add | Role::Kill | Role::Advisory)
    }

    /// True for a correction that is too short to be the corrected story itself: a note about it.
    fn is_correction_note(self, about: Self) -> bool {
        self.role == Role::Correction && self.words < about.words / 3
    }
}

/// The number of the version, of earlier ones, the newest first, that a version is compared with: the newest that
/// tells the story, else the newest.
#[must_use]
pub fn choose_base(version: VersionInfo, earlier: &[VersionInfo]) -> Option<usize> {
    let whole = |other: &VersionInfo| other.is_full_story() && !other.is_correction_note(version);
    let newest = (!earlier.is_empty()).then_some(0);
    earlier.iter().position(whole).or(newest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_before(earlier: &[(Role, u32)], expected: Option<usize>) {
        let version = |&(role, words): &(Role, u32)| VersionInfo { role, words };
        let earlier: Vec<VersionInfo> = earlier.iter().map(version).collect();
        assert_eq!(
            choose_base(version(&(Role::Update, 600)), &earlier),
            expected
        );
    }

    #[test]
    fn notes_and_adds_are_passed_over() {
        check_before(&[], None);
        check_before(&[(Role::Story, 300), (Role::Alert, 20)], Some(0));
        check_before(
            &[(Role::Correction, 90), (Role::Add, 200), (Role::Story, 300)],
            Some(2),
        );
        check_before(&[(Role::Correction, 550), (Role::Story, 300)], Some(0));
        check_before(&[(Role::Add, 200)], Some(0));
    }
}
