//! The destinations of RTF: where the text of a group goes.

/// Where the text of a group goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Destination {
    /// Into the document.
    Text,
    /// Nowhere.
    Skipped,
    /// Nowhere, but shapes in it have text.
    Shape,
    /// `\upr`: its text again, for readers that know Unicode, is in a group of its own.
    Twice,
    Fonts,
    Styles,
    Info,
    Property(&'static str),
    /// `\creatim`: a time in parts.
    Created,
    Bookmark,
    FieldInstruction,
    FieldResult,
    /// The number or bullet before an item of a list.
    ListMark,
    Footnote,
}

/// The destination that a control word opens; `None` for words that open none. `is_optional` is true after `\*`: such a
/// group is skipped if its word is not known.
pub(super) fn destination_of(
    word: &str,
    is_optional: bool,
    around: Destination,
) -> Option<Destination> {
    use Destination::{
        Bookmark, Created, FieldInstruction, FieldResult, Fonts, Footnote, Info, ListMark,
        Property, Shape, Skipped, Styles, Text, Twice,
    };
    let within = |outer: Destination, inner: Destination| (around == outer).then_some(inner);
    Some(match word {
        "fonttbl" => Fonts,
        "stylesheet" => Styles,
        "info" => Info,
        "title" => return within(Info, Property("title")),
        "author" => return within(Info, Property("creator")),
        "operator" => return within(Info, Property("modified-by")),
        "subject" => return within(Info, Property("subject")),
        "keywords" => return within(Info, Property("keywords")),
        "doccomm" => return within(Info, Property("description")),
        "category" => return within(Info, Property("category")),
        "creatim" => return within(Info, Created),
        "bkmkstart" => Bookmark,
        "fldinst" => FieldInstruction,
        "fldrslt" => FieldResult,
        "pntext" | "listtext" => ListMark,
        "footnote" | "ftnalt" => Footnote,
        "upr" => Twice,
        "ud" if around == Twice => Text,
        // The text of a shape is read from `\shpinst`; `\shprslt` repeats it for older programs.
        "shpinst" | "do" => Shape,
        "shptxt" | "dptxbxtext" if around == Shape => Text,
        "shprslt" | "nonshppict" | "nesttableprops" | "nonesttables" | "pict" | "objdata"
        | "objclass" | "colortbl" | "header" | "headerl" | "headerr" | "headerf" | "footer"
        | "footerl" | "footerr" | "footerf" | "ftnsep" | "ftnsepc" | "ftncn" | "aftnsep"
        | "aftnsepc" | "aftncn" | "annotation" | "atnid" | "atnauthor" | "atntime" | "atnicn"
        | "atnref" | "atnparent" | "xe" | "tc" | "tcn" | "rxe" | "txe" | "bkmkend" | "revtbl"
        | "rsidtbl" | "listtable" | "listoverridetable" | "filetbl" | "template" | "private"
        | "themedata" | "latentstyles" | "datastore" | "generator" | "xmlopen" | "sp" | "pn"
        | "pnseclvl" | "revtim" | "printim" | "buptim" | "company" | "manager" | "hlinkbase"
        | "htmltag" | "mhtmltag" | "background" | "falt" | "panose" => Skipped,
        // Groups of text that older readers may skip.
        "shpgrp" | "shppict" | "txfieldtext" | "aftnnrlc" | "passwordhash" if is_optional => {
            if word == "shpgrp" { Shape } else { Skipped }
        }
        _ if is_optional => Skipped,
        _ => return None,
    })
}
