//! What the tags of HTML and NITF mean for the layout of a text.

/// What a tag does to the text around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TagRole {
    /// Begins and ends a block.
    Block,
    Heading,
    Break,
    List,
    Ordered,
    Item,
    Pre,
    Table,
    Row,
    Cell,
    HeadCell,
    Link,
    Quote,
    Image,
    /// Its text goes to the media, not to the body.
    Media,
    Title,
    Meta,
    /// The whole page, which names its language.
    Page,
    /// Nothing in it is text.
    NoText,
    /// The frame of a page, not its text.
    PageFrame,
    /// Part of a line.
    Inline,
}

/// The tag of this name, in small letters, without a prefix.
pub(super) fn tag_role(name: &str) -> TagRole {
    match name {
        "p" | "div" | "section" | "article" | "main" | "blockquote" | "figure" | "figcaption"
        | "address" | "dd" | "dt" | "dl" | "fieldset" | "details" | "summary" | "hr" | "body"
        | "center" | "body.content" | "block" | "bq" | "credit" | "note" | "fn" | "body.head"
        | "body.end" | "tagline" | "lede" | "caption" | "thead" | "tbody" | "tfoot" | "header"
        | "datasource" => TagRole::Block,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "hl1" | "hl2" | "legend" => TagRole::Heading,
        "br" => TagRole::Break,
        "ul" | "menu" | "dir" => TagRole::List,
        "ol" => TagRole::Ordered,
        "li" => TagRole::Item,
        "pre" | "listing" | "xmp" | "plaintext" => TagRole::Pre,
        "table" => TagRole::Table,
        "tr" => TagRole::Row,
        "td" => TagRole::Cell,
        "th" => TagRole::HeadCell,
        "a" => TagRole::Link,
        "q" => TagRole::Quote,
        "img" | "video" | "audio" | "source" | "embed" => TagRole::Image,
        "media" => TagRole::Media,
        "title" => TagRole::Title,
        "meta" => TagRole::Meta,
        "html" => TagRole::Page,
        "script"
        | "style"
        | "template"
        | "noscript"
        | "iframe"
        | "object"
        | "svg"
        | "math"
        | "select"
        | "canvas"
        | "textarea"
        | "noframes"
        | "nitf-table-metadata"
        | "applet" => TagRole::NoText,
        "nav" | "footer" | "aside" | "form" | "button" | "dialog" => TagRole::PageFrame,
        _ => TagRole::Inline,
    }
}
