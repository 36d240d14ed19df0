//! Names and their namespaces, whatever prefixes a document gives them.

use super::events::{StartTag, attributes};

/// The namespaces whose names mean something of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::format) enum Namespace {
    /// None, or that of the format itself.
    Own,
    Atom,
    Rdf,
    /// RSS content module.
    Content,
    /// Dublin Core, elements or terms.
    Dublin,
    Media,
    Xhtml,
    Tombstones,
    Other,
}

/// Most declarations that are in force at once.
const MAX_BINDINGS: usize = 256;

fn namespace_of(uri: &str) -> Namespace {
    let uri = uri.trim().trim_end_matches(['/', '#']);
    match uri {
        ""
        | "http://purl.org/rss/1.0"
        | "http://my.netscape.com/rdf/simple/0.9"
        | "http://channel.netscape.com/rdf/simple/0.9"
        | "http://backend.userland.com/rss2"
        | "http://backend.userland.com/RSS2"
        | "http://blogs.law.harvard.edu/tech/rss" => Namespace::Own,
        "http://www.w3.org/2005/Atom" | "http://purl.org/atom/ns" => Namespace::Atom,
        "http://www.w3.org/1999/02/22-rdf-syntax-ns" => Namespace::Rdf,
        "http://purl.org/rss/1.0/modules/content" => Namespace::Content,
        "http://purl.org/dc/elements/1.1"
        | "http://purl.org/dc/terms"
        | "http://purl.org/dc/elements/1.0" => Namespace::Dublin,
        "http://search.yahoo.com/mrss" => Namespace::Media,
        "http://www.w3.org/1999/xhtml" => Namespace::Xhtml,
        "http://purl.org/atompub/tombstones/1.0" => Namespace::Tombstones,
        _ if uri.starts_with("http://iptc.org/") || uri.starts_with("http://www.iptc.org/") => {
            Namespace::Own
        }
        _ => Namespace::Other,
    }
}

/// What a prefix mostly means where nothing declares it.
fn conventional_namespace(prefix: &str) -> Namespace {
    match prefix {
        "atom" | "a10" | "atom10" => Namespace::Atom,
        "rdf" => Namespace::Rdf,
        "content" => Namespace::Content,
        "dc" | "dcterms" => Namespace::Dublin,
        "media" => Namespace::Media,
        "xhtml" | "html" => Namespace::Xhtml,
        "at" => Namespace::Tombstones,
        "" | "nitf" | "nar" | "rss" | "newsml" => Namespace::Own,
        _ => Namespace::Other,
    }
}

/// The declarations in force.
#[derive(Debug, Default)]
pub(super) struct Bindings<'a> {
    all: Vec<(&'a str, Namespace)>,
}

impl<'a> Bindings<'a> {
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn truncate(&mut self, length: usize) {
        self.all.truncate(length);
    }

    /// Adds what a start tag declares.
    pub(super) fn declare(&mut self, start: &StartTag<'a>) {
        if !start.inner.contains("xmlns") {
            return;
        }
        for (name, uri) in attributes(start.inner) {
            let prefix = match name.strip_prefix("xmlns") {
                Some("") => "",
                Some(prefix) => prefix.trim_start_matches(':'),
                None => continue,
            };
            if self.all.len() < MAX_BINDINGS {
                self.all.push((prefix, namespace_of(&uri)));
            }
        }
    }

    /// The namespace and the local name of a qualified one.
    pub(super) fn resolve(&self, name: &'a str) -> (Namespace, &'a str) {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let bound = self.all.iter().rev().find(|(bound, _)| *bound == prefix);
        (
            bound.map_or_else(|| conventional_namespace(prefix), |(_, space)| *space),
            local,
        )
    }
}

/// A name without its prefix.
pub(in crate::format) fn local_name(name: &str) -> &str {
    name.split_once(':').map_or(name, |(_, local)| local)
}
