//! `--print`: the screen as a chooser.

use super::session::Session;

pub(super) fn dispatch(s: &mut Session<'_>) {
    s.start("--print path wire");
    s.shot("jj");
    s.shot("/storm\r");
    s.end("\r");
    s.shot("");
    s.start("--print jsonl nitf");
    s.press("xjx");
    s.shot("");
    s.end("\r");
}

pub(super) fn quote(s: &mut Session<'_>) {
    s.start("--print quote wire");
    s.press("l");
    s.shot("]q]q");
    s.end("\r");
    s.shot("");
}

pub(super) fn nothing(s: &mut Session<'_>) {
    s.start("--print id wire");
    s.shot("l");
    s.end("Q");
    s.start("--print id wire");
    s.end("\x03");
}
