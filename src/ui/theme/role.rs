//! Roles of text: what a stretch of text is, whatever it looks like.

/// What a stretch of text is. Later roles of a run are laid over earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    Text,
    Dim,
    Hairline,
    /// The name of the program.
    Title,
    Headline,
    /// A headline taken from the lead.
    DerivedHeadline,
    /// The same in the list.
    DerivedInList,
    Dateline,
    /// A line of the text that stands over what follows.
    Heading,
    Note,
    Quote,
    /// A quote of the current quote's speaker.
    SameSpeaker,
    /// The bar beside the current quote.
    Bar,
    Speaker,
    Unsure,
    /// The words that name the explained quote's speaker.
    Mention,
    /// Its reporting word.
    Cue,
    Match,
    /// The hit that was gone to last.
    CurrentMatch,
    Selected,
    /// Selected, in a pane that does not have the focus.
    SelectedUnfocused,
    Unread,
    Urgent,
    Killed,
    Embargoed,
    Label,
    Agency,
    Key,
    Fault,
    /// Words that the newer version has put in.
    Inserted,
    /// Words that it has taken out.
    Deleted,
    /// The sign beside what it has taken out.
    DeletedSign,
    /// The sign beside what it has changed or moved.
    ChangedSign,
    /// A flash.
    Flash,
    /// Colours of views.
    Red,
    Green,
    Yellow,
    Blue,
    Magenta,
    Cyan,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 40] = [
        Self::Text,
        Self::Dim,
        Self::Hairline,
        Self::Title,
        Self::Headline,
        Self::DerivedHeadline,
        Self::DerivedInList,
        Self::Dateline,
        Self::Heading,
        Self::Note,
        Self::Quote,
        Self::SameSpeaker,
        Self::Bar,
        Self::Speaker,
        Self::Unsure,
        Self::Mention,
        Self::Cue,
        Self::Match,
        Self::CurrentMatch,
        Self::Selected,
        Self::SelectedUnfocused,
        Self::Unread,
        Self::Urgent,
        Self::Killed,
        Self::Embargoed,
        Self::Label,
        Self::Agency,
        Self::Key,
        Self::Fault,
        Self::Inserted,
        Self::Deleted,
        Self::DeletedSign,
        Self::ChangedSign,
        Self::Flash,
        Self::Red,
        Self::Green,
        Self::Yellow,
        Self::Blue,
        Self::Magenta,
        Self::Cyan,
    ];
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn every_role_is_listed_at_its_own_place() {
        for (place, role) in Role::ALL.into_iter().enumerate() {
            assert_eq!(role as usize, place);
        }
    }
}
