//! Words and paths in token streams, which is what the arguments of macros and attributes are to a parser.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Spacing, TokenStream, TokenTree};

/// A name without the `r#` of a keyword.
pub(crate) fn plain(ident: &Ident) -> String {
    ident.to_string().trim_start_matches("r#").to_owned()
}

/// All words of a token stream.
pub(crate) fn words(tokens: &TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens.clone() {
        match token {
            TokenTree::Group(group) => words(&group.stream(), found),
            TokenTree::Ident(ident) => _ = found.insert(plain(&ident)),
            _ => {}
        }
    }
}

fn is_punctuation(token: Option<&TokenTree>, wanted: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punctuation)) if punctuation.as_char() == wanted)
}

/// Whether two tokens, the first of them at a place, are `::`.
fn is_separator(tokens: &[TokenTree], at: usize) -> bool {
    let Some(TokenTree::Punct(first)) = tokens.get(at) else {
        return false;
    };
    let is_joint = first.as_char() == ':' && first.spacing() == Spacing::Joint;
    is_joint && is_punctuation(tokens.get(at + 1), ':')
}

/// Whether a word can start a path: no field, method, lifetime or variable of a macro.
pub(crate) fn is_start_of_path(tokens: &[TokenTree], at: usize) -> bool {
    let before = |count: usize| at.checked_sub(count).map(|at| &tokens[at]);
    let is_field = is_punctuation(before(1), '.') && !is_punctuation(before(2), '.');
    let is_variable = is_punctuation(before(1), '$');
    let is_crate = matches!(&tokens[at], TokenTree::Ident(word) if *word == "crate");
    !is_field && !is_punctuation(before(1), '\'') && (!is_variable || is_crate)
}

/// The path that starts with the word at a place, and where it ends.
pub(crate) fn path_at(tokens: &[TokenTree], at: usize) -> (Vec<String>, usize) {
    let mut path = Vec::new();
    if at >= 2 && is_separator(tokens, at - 2) {
        path.push("::".to_owned());
    }
    let mut next = at;
    while let Some(TokenTree::Ident(word)) = tokens.get(next) {
        path.push(plain(word));
        next += 1;
        let continues = matches!(tokens.get(next + 2), Some(TokenTree::Ident(_)));
        if !continues || !is_separator(tokens, next) {
            break;
        }
        next += 2;
    }
    let is_group = matches!(tokens.get(next + 1), Some(TokenTree::Group(_)));
    let is_call = is_punctuation(tokens.get(next), '!') && is_group;
    if is_call && path.len() == 1 {
        path[0].push('!');
    }
    (path, next)
}

/// The `use` that starts at a place, and where it ends.
pub(crate) fn import_at(tokens: &[TokenTree], at: usize) -> Option<(syn::ItemUse, usize)> {
    if !matches!(&tokens[at], TokenTree::Ident(word) if *word == "use") {
        return None;
    }
    let is_end = |token: &TokenTree| is_punctuation(Some(token), ';');
    let end = at + 1 + tokens[at..].iter().position(is_end)?;
    // `$crate` is read as `crate`.
    let is_plain = |token: &&TokenTree| !is_punctuation(Some(token), '$');
    let import: TokenStream = tokens[at..end].iter().filter(is_plain).cloned().collect();
    syn::parse2(import).ok().map(|import| (import, end))
}
