//! Decides what one mark does: opens, closes, or neither, by its shape, its neighbours and what is open.

use super::pairs::Pairing;
use super::scan::{Family, Mark, Shape};

/// What a mark does.
pub(super) enum Act {
    Open,
    Close,
    /// The one that is open was never closed: end it here and begin anew.
    Restart,
    Stray,
    Nothing,
}

impl Pairing<'_> {
    /// What the mark with this number does.
    pub(super) fn act(&self, i: usize, next_single: Option<usize>) -> Act {
        let mark = &self.marks[i];
        let is_open = self.open[mark.family as usize] > 0;
        match mark.family {
            Family::Single => self.act_single(mark, is_open, next_single),
            Family::Guillemet | Family::SingleGuillemet => self.act_guillemet(mark, is_open),
            Family::Corner | Family::WhiteCorner => match mark.shape {
                Shape::Opening => Act::Open,
                _ if is_open => Act::Close,
                _ => Act::Stray,
            },
            Family::Double => self.act_double(mark, is_open),
        }
    }

    fn act_double(&self, mark: &Mark, is_open: bool) -> Act {
        let measure = mark.face == '"' && mark.before.is_some_and(|c| c.is_ascii_digit());
        match (mark.shape, is_open) {
            (Shape::Low | Shape::Opening, false) if mark.after.is_some() => {
                let wrong_way = mark.can_close() && !mark.can_open() && mark.after != Some(' ');
                if wrong_way && !mark.inside_word() {
                    Act::Stray
                } else {
                    Act::Open
                }
            }
            (Shape::Low | Shape::Opening, false) => Act::Stray,
            (Shape::Low, true) => Act::Open,
            (Shape::Opening, true) => {
                let low = self.top_face(Family::Double) == Some('„');
                if low && !(mark.can_open() && self.stack.len() == 1 && !mark.can_close()) {
                    Act::Close
                } else if mark.can_open() && self.inside_single() {
                    Act::Open
                } else if mark.can_open() {
                    Act::Restart
                } else {
                    Act::Close
                }
            }
            (Shape::Closing, true) => {
                if mark.can_open()
                    && !mark.can_close()
                    && self.top_face(Family::Double) != Some('”')
                {
                    Act::Restart
                } else {
                    Act::Close
                }
            }
            (Shape::Closing, false) => {
                if mark.can_open() && !mark.can_close() {
                    Act::Open
                } else {
                    Act::Stray
                }
            }
            (Shape::Either, true) => {
                let space_before = mark.before.is_some_and(char::is_whitespace);
                if space_before && mark.can_open() {
                    Act::Restart
                } else {
                    Act::Close
                }
            }
            (Shape::Either, false) if measure => Act::Nothing,
            (Shape::Either, false) => {
                let strays = match mark.after {
                    None | Some(',' | '.' | ';' | ':' | ')') => true,
                    Some(c) => c.is_whitespace() && mark.can_close(),
                };
                if strays { Act::Stray } else { Act::Open }
            }
        }
    }

    /// True where a single mark was opened last: “He said ‘it is a “mess”’,”
    fn inside_single(&self) -> bool {
        self.stack
            .last()
            .is_some_and(|open| self.marks[open.mark].family == Family::Single)
    }

    fn act_single(&self, mark: &Mark, is_open: bool, next_single: Option<usize>) -> Act {
        let closes = mark.can_close() && !mark.after.is_some_and(char::is_alphanumeric);
        if is_open && closes && (mark.face != '‘' || self.top_face(Family::Single) == Some('‚'))
        {
            let later = next_single.map(|n| &self.marks[n]);
            let better = later.is_some_and(|m| {
                m.face == mark.face && m.can_close() && !m.can_open() && !m.maybe_plural
            });
            return if mark.maybe_plural && better {
                Act::Nothing
            } else {
                Act::Close
            };
        }
        match mark.shape {
            Shape::Opening | Shape::Low | Shape::Either if mark.can_open() => {
                if is_open {
                    Act::Restart
                } else {
                    Act::Open
                }
            }
            _ => Act::Nothing,
        }
    }

    fn act_guillemet(&self, mark: &Mark, is_open: bool) -> Act {
        if !is_open {
            return if mark.after.is_some() {
                Act::Open
            } else {
                Act::Stray
            };
        }
        let same_face = self.top_face(mark.family) == Some(mark.face);
        if same_face && mark.can_open() && !mark.can_close() {
            Act::Open
        } else {
            Act::Close
        }
    }

    fn top_face(&self, family: Family) -> Option<char> {
        self.stack
            .iter()
            .rev()
            .take(8)
            .map(|open| &self.marks[open.mark])
            .find(|mark| mark.family == family)
            .map(|mark| mark.face)
    }
}
