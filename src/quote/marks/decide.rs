//! Decides what one mark does: opens, closes, or neither, by its shape, its neighbours and what is open.

use super::pairs::MarkPairing;
use super::scan::{MarkFamily, MarkShape, QuotationMark};

/// What a mark does.
pub(super) enum MarkAction {
    Open,
    Close,
    /// The one that is open was never closed: end it here and begin anew.
    Restart,
    Stray,
    Nothing,
}

impl MarkPairing<'_> {
    /// What the mark with this number does.
    pub(super) fn action_for(&self, i: usize, next_single: Option<usize>) -> MarkAction {
        let mark = &self.marks[i];
        let is_open = self.open[mark.family as usize] > 0;
        match mark.family {
            MarkFamily::Single => self.act_single(mark, is_open, next_single),
            MarkFamily::Guillemet | MarkFamily::SingleGuillemet => {
                self.act_guillemet(mark, is_open)
            }
            MarkFamily::Corner | MarkFamily::WhiteCorner => match mark.shape {
                MarkShape::Opening => MarkAction::Open,
                _ if is_open => MarkAction::Close,
                _ => MarkAction::Stray,
            },
            MarkFamily::Double => self.act_double(mark, is_open),
        }
    }

    fn act_double(&self, mark: &QuotationMark, is_open: bool) -> MarkAction {
        let measure = mark.glyph == '"' && mark.before.is_some_and(|c| c.is_ascii_digit());
        match (mark.shape, is_open) {
            (MarkShape::Low | MarkShape::Opening, false) if mark.after.is_some() => {
                let wrong_way = mark.can_close() && !mark.can_open() && mark.after != Some(' ');
                if wrong_way && !mark.inside_word() {
                    MarkAction::Stray
                } else {
                    MarkAction::Open
                }
            }
            (MarkShape::Low | MarkShape::Opening, false) => MarkAction::Stray,
            (MarkShape::Low, true) => MarkAction::Open,
            (MarkShape::Opening, true) => {
                let low = self.top_face(MarkFamily::Double) == Some('„');
                if low && !(mark.can_open() && self.stack.len() == 1 && !mark.can_close()) {
                    MarkAction::Close
                } else if mark.can_open() && self.inside_single() {
                    MarkAction::Open
                } else if mark.can_open() {
                    MarkAction::Restart
                } else {
                    MarkAction::Close
                }
            }
            (MarkShape::Closing, true) => {
                if mark.can_open()
                    && !mark.can_close()
                    && self.top_face(MarkFamily::Double) != Some('”')
                {
                    MarkAction::Restart
                } else {
                    MarkAction::Close
                }
            }
            (MarkShape::Closing, false) => {
                if mark.can_open() && !mark.can_close() {
                    MarkAction::Open
                } else {
                    MarkAction::Stray
                }
            }
            (MarkShape::Either, true) => {
                let space_before = mark.before.is_some_and(char::is_whitespace);
                if space_before && mark.can_open() {
                    MarkAction::Restart
                } else {
                    MarkAction::Close
                }
            }
            (MarkShape::Either, false) if measure => MarkAction::Nothing,
            (MarkShape::Either, false) => {
                let strays = match mark.after {
                    None | Some(',' | '.' | ';' | ':' | ')') => true,
                    Some(c) => c.is_whitespace() && mark.can_close(),
                };
                if strays {
                    MarkAction::Stray
                } else {
                    MarkAction::Open
                }
            }
        }
    }

    /// True where a single mark was opened last: “He said ‘it is a “mess”’,”
    fn inside_single(&self) -> bool {
        self.stack
            .last()
            .is_some_and(|open| self.marks[open.mark].family == MarkFamily::Single)
    }

    fn act_single(
        &self,
        mark: &QuotationMark,
        is_open: bool,
        next_single: Option<usize>,
    ) -> MarkAction {
        let closes = mark.can_close() && !mark.after.is_some_and(char::is_alphanumeric);
        if is_open
            && closes
            && (mark.glyph != '‘' || self.top_face(MarkFamily::Single) == Some('‚'))
        {
            let later = next_single.map(|n| &self.marks[n]);
            let better = later.is_some_and(|m| {
                m.glyph == mark.glyph && m.can_close() && !m.can_open() && !m.maybe_plural
            });
            return if mark.maybe_plural && better {
                MarkAction::Nothing
            } else {
                MarkAction::Close
            };
        }
        match mark.shape {
            MarkShape::Opening | MarkShape::Low | MarkShape::Either if mark.can_open() => {
                if is_open {
                    MarkAction::Restart
                } else {
                    MarkAction::Open
                }
            }
            _ => MarkAction::Nothing,
        }
    }

    fn act_guillemet(&self, mark: &QuotationMark, is_open: bool) -> MarkAction {
        if !is_open {
            return if mark.after.is_some() {
                MarkAction::Open
            } else {
                MarkAction::Stray
            };
        }
        let same_face = self.top_face(mark.family) == Some(mark.glyph);
        if same_face && mark.can_open() && !mark.can_close() {
            MarkAction::Open
        } else {
            MarkAction::Close
        }
    }

    fn top_face(&self, family: MarkFamily) -> Option<char> {
        self.stack
            .iter()
            .rev()
            .take(8)
            .map(|open| &self.marks[open.mark])
            .find(|mark| mark.family == family)
            .map(|mark| mark.glyph)
    }
}
