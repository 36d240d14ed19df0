//! Fills the tree: parses a file and notes its modules, items, imports and functions, and the paths in its code.

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Item, Meta, Signature, Token, UseTree, Visibility};

use crate::tokens::{import_at, is_start_of_path, path_at, plain, words};
use crate::tree::{Binding, Function, Kind, Place, Reference, Scope, Struct, Tree};

/// Parses a file and the modules below it, and gives the scope of its module.
pub(crate) fn read_module(
    tree: &mut Tree,
    file: usize,
    parent: Option<usize>,
    in_tests: bool,
    read: &mut BTreeSet<usize>,
) -> usize {
    read.insert(file);
    let scope = add_scope(tree, file, parent);
    let path = tree.files[file].path.clone();
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", &path));
    let mut folder = folder.to_owned();
    if !folder.is_empty() {
        folder.push('/');
    }
    if !matches!(name, "mod.rs" | "lib.rs" | "main.rs") {
        folder.push_str(name.strip_suffix(".rs").unwrap_or(name));
        folder.push('/');
    }
    let parsed = match syn::parse_file(&tree.files[file].text) {
        Ok(parsed) => parsed,
        Err(error) => {
            tree.problems.push(format!("{path}: {error}"));
            return scope;
        }
    };
    if tree.files[file].is_mod_file() {
        let code = parsed.items.iter().filter(|item| !is_outline(item));
        let place = |item: &Item| Place { file, line: line(item.span()) };
        tree.code_in_mod_files.extend(code.map(place));
    }
    let mut collector = Collector {
        tree,
        read,
        file,
        folder,
        scope,
        in_tests: in_tests || is_only_for_tests(&parsed.attrs),
    };
    collector.visit_file(&parsed);
    scope
}

fn add_scope(tree: &mut Tree, file: usize, parent: Option<usize>) -> usize {
    let number = tree.scopes.len();
    tree.scopes.push(Scope {
        file,
        outer: None,
        module: number,
        parent,
        bindings: [].into(),
        globs: Vec::new(),
        macro_words: BTreeSet::new(),
        macro_calls: Vec::new(),
    });
    number
}

/// Whether an item is `mod name;` or a re-export, which is all that a `mod.rs` may hold.
fn is_outline(item: &Item) -> bool {
    match item {
        Item::Mod(module) => module.content.is_none(),
        Item::Use(import) => is_re_export(&import.vis),
        _ => false,
    }
}

fn is_re_export(visibility: &Visibility) -> bool {
    match visibility {
        Visibility::Public(_) => true,
        Visibility::Restricted(restricted) => !restricted.path.is_ident("self"),
        Visibility::Inherited => false,
    }
}

/// Whether attributes keep code out of every build but that of tests.
fn is_only_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let meta = &attribute.meta;
        let is_condition = meta.path().is_ident("cfg");
        meta.path().is_ident("test") || is_condition && parts(meta).iter().any(needs_test)
    })
}

/// Whether a condition of `cfg` holds in the build of tests alone.
fn needs_test(condition: &Meta) -> bool {
    let parts = parts(condition);
    if condition.path().is_ident("all") {
        parts.iter().any(needs_test)
    } else if condition.path().is_ident("any") {
        !parts.is_empty() && parts.iter().all(needs_test)
    } else {
        condition.path().is_ident("test")
    }
}

/// The conditions in the brackets of `cfg`, `all`, `any` or `not`.
fn parts(meta: &Meta) -> Vec<Meta> {
    let Meta::List(list) = meta else {
        return Vec::new();
    };
    let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated);
    parts.map_or_else(|_| Vec::new(), |parts| parts.into_iter().collect())
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// The name that an item defines, but for modules and imports.
fn defined(item: &Item) -> Option<&syn::Ident> {
    match item {
        Item::Const(item) => Some(&item.ident),
        Item::Enum(item) => Some(&item.ident),
        Item::Fn(item) => Some(&item.sig.ident),
        Item::Macro(item) => item.ident.as_ref(),
        Item::Static(item) => Some(&item.ident),
        Item::Struct(item) => Some(&item.ident),
        Item::Trait(item) => Some(&item.ident),
        Item::TraitAlias(item) => Some(&item.ident),
        Item::Type(item) => Some(&item.ident),
        Item::Union(item) => Some(&item.ident),
        _ => None,
    }
}

fn is_value(item: &Item) -> bool {
    matches!(item, Item::Const(_) | Item::Fn(_) | Item::Macro(_) | Item::Static(_))
}

fn line(span: Span) -> usize {
    span.start().line
}

fn segments(path: &syn::Path) -> Vec<String> {
    let leading = path.leading_colon.as_ref().map(|_| "::".to_owned());
    let names = path.segments.iter().map(|segment| plain(&segment.ident));
    leading.into_iter().chain(names).collect()
}

/// One path of a `use`.
struct Leaf {
    path: Vec<String>,
    /// The name that it gets: none for a glob and for `as _`.
    name: Option<String>,
    is_glob: bool,
    line: usize,
}

/// Takes the tree of a `use` apart.
fn leaves(tree: &UseTree, prefix: &[String], found: &mut Vec<Leaf>) {
    let path = |ident: &syn::Ident| {
        let mut path = prefix.to_vec();
        // `a::{self}` is `a`.
        if prefix.is_empty() || ident != "self" {
            path.push(plain(ident));
        }
        path
    };
    let (path, name) = match tree {
        UseTree::Path(part) => return leaves(&part.tree, &path(&part.ident), found),
        UseTree::Group(group) => {
            for item in &group.items {
                leaves(item, prefix, found);
            }
            return;
        }
        UseTree::Name(name) => {
            let path = path(&name.ident);
            let last = path.last().cloned();
            (path, last)
        }
        UseTree::Rename(name) => {
            let new = (name.rename != "_").then(|| plain(&name.rename));
            (path(&name.ident), new)
        }
        UseTree::Glob(_) => (prefix.to_vec(), None),
    };
    found.push(Leaf {
        path,
        name,
        is_glob: matches!(tree, UseTree::Glob(_)),
        line: line(tree.span()),
    });
}

struct Collector<'a> {
    tree: &'a mut Tree,
    read: &'a mut BTreeSet<usize>,
    file: usize,
    /// Where the files of child modules lie.
    folder: String,
    scope: usize,
    in_tests: bool,
}

impl Collector<'_> {
    /// Goes into something with attributes, and gives what `in_tests` was outside it.
    fn enter(&mut self, attributes: &[Attribute]) -> bool {
        let before = self.in_tests;
        self.in_tests |= is_only_for_tests(attributes);
        before
    }

    fn record(&mut self, path: Vec<String>, line: usize, kind: Kind) -> usize {
        self.tree.references.push(Reference {
            scope: self.scope,
            file: self.file,
            line,
            path,
            kind,
            in_tests: self.in_tests,
        });
        self.tree.references.len() - 1
    }

    fn record_code(&mut self, path: Vec<String>, line: usize) {
        let first = path.first().map_or("", String::as_str);
        let alone = path.len() == 1 && matches!(first, "self" | "super" | "crate");
        if first != "Self" && !alone {
            self.record(path, line, Kind::Code);
        }
    }

    fn bind(&mut self, scope: usize, name: String, binding: Binding) {
        let bindings = &mut self.tree.scopes[scope].bindings;
        bindings.entry(name).or_default().push(binding);
    }

    /// A macro, or another value of this file.
    fn value(&self) -> Binding {
        Binding::Item { file: self.file, is_value: true }
    }

    fn read_import(&mut self, import: &syn::ItemUse) {
        let leading = import.leading_colon.as_ref().map(|_| "::".to_owned());
        let prefix: Vec<String> = leading.into_iter().collect();
        let mut found = Vec::new();
        leaves(&import.tree, &prefix, &mut found);
        for leaf in found {
            let kind = match (is_re_export(&import.vis), leaf.is_glob) {
                (true, true) => Kind::GlobReExport,
                (true, false) => Kind::ReExport,
                (false, true) => Kind::Glob,
                (false, false) => Kind::Import,
            };
            let reference = self.record(leaf.path, leaf.line, kind);
            if leaf.is_glob {
                self.tree.scopes[self.scope].globs.push(reference);
            } else if let Some(name) = leaf.name {
                self.bind(self.scope, name, Binding::Import(reference));
            }
        }
    }

    fn read_extern_crate(&mut self, item: &syn::ItemExternCrate) {
        let path = vec!["::".to_owned(), plain(&item.ident)];
        let reference = self.record(path, line(item.ident.span()), Kind::Import);
        let name = item.rename.as_ref().map_or(&item.ident, |(_, name)| name);
        self.bind(self.scope, plain(name), Binding::Import(reference));
    }

    fn read_child(&mut self, module: &syn::ItemMod) {
        let name = plain(&module.ident);
        let child = if let Some((_, items)) = &module.content {
            let scope = add_scope(self.tree, self.file, Some(self.module()));
            let outer = std::mem::replace(&mut self.scope, scope);
            let folder = format!("{}{name}/", self.folder);
            let folder = std::mem::replace(&mut self.folder, folder);
            for item in items {
                self.visit_item(item);
            }
            self.folder = folder;
            self.scope = outer;
            scope
        } else {
            let path = &self.tree.files[self.file].path;
            let below = self.child_paths(module, path);
            let Some(file) = below.iter().find_map(|path| self.tree.file(path)) else {
                let problem = format!("{path}: mod {name}: no file {}", below.join(" or "));
                self.tree.problems.push(problem);
                return;
            };
            let module = self.module();
            read_module(self.tree, file, Some(module), self.in_tests, self.read)
        };
        self.bind(self.scope, name, Binding::Module(child));
    }

    /// Where the file of a child module may lie.
    fn child_paths(&self, module: &syn::ItemMod, parent: &str) -> Vec<String> {
        for attribute in &module.attrs {
            if let Meta::NameValue(pair) = &attribute.meta
                && pair.path.is_ident("path")
                && let syn::Expr::Lit(literal) = &pair.value
                && let syn::Lit::Str(path) = &literal.lit
            {
                let folder = parent.rsplit_once('/').map_or("", |(folder, _)| folder);
                let path = format!("{folder}/{}", path.value());
                return vec![path.trim_start_matches('/').to_owned()];
            }
        }
        let name = plain(&module.ident);
        let path = |end| format!("{}{name}{end}.rs", self.folder);
        ["", "/mod"].map(path).into()
    }

    fn module(&self) -> usize {
        self.tree.scopes[self.scope].module
    }

    /// A call of a macro in the place of an item, or a `macro_rules!`.
    fn read_macro_item(&mut self, item: &syn::ItemMacro) {
        let mut found = BTreeSet::new();
        words(&item.mac.tokens, &mut found);
        if let Some(name) = &item.ident {
            let name = plain(name);
            self.bind(self.scope, format!("{name}!"), self.value());
            let is_exported = |attribute: &Attribute| attribute.path().is_ident("macro_export");
            if item.attrs.iter().any(is_exported) {
                let mut root = self.module();
                while let Some(parent) = self.tree.scopes[root].parent {
                    root = parent;
                }
                self.bind(root, name.clone(), self.value());
            }
            let words = self.tree.macro_words.entry(name).or_default();
            words.extend(found);
        } else {
            let last = item.mac.path.segments.last();
            let scope = &mut self.tree.scopes[self.scope];
            scope.macro_words.extend(found);
            let name = last.map(|segment| plain(&segment.ident));
            scope.macro_calls.extend(name);
        }
    }

    fn read_function(&mut self, signature: &Signature, end: Span) {
        let start = line(signature.fn_token.span);
        self.tree.functions.push(Function {
            file: self.file,
            name: plain(&signature.ident),
            lines: end.end().line + 1 - start,
            in_tests: self.in_tests,
        });
    }

    /// The paths of a token stream, and of its strings if it belongs to an attribute.
    fn read_tokens(&mut self, tokens: &TokenStream, is_attribute: bool) {
        let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.read_tokens(&group.stream(), is_attribute),
                TokenTree::Ident(ident) => {
                    if let Some((import, after)) = import_at(&tokens, at) {
                        self.read_import(&import);
                        at = after;
                        continue;
                    }
                    let (path, after) = path_at(&tokens, at);
                    if is_start_of_path(&tokens, at) {
                        self.record_code(path, line(ident.span()));
                    }
                    at = after;
                    continue;
                }
                TokenTree::Literal(literal) if is_attribute => {
                    self.read_string(&literal.to_string(), line(literal.span()));
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// A path in a string of an attribute, such as `#[serde(with = "super::times")]`.
    fn read_string(&mut self, literal: &str, line: usize) {
        let text = literal.trim_matches('"');
        if let Ok(path) = syn::parse_str::<syn::Path>(text)
            && path.segments.len() > 1
        {
            self.record_code(segments(&path), line);
        }
    }
}

/// Visits of nodes that a `#[cfg(test)]` may stand on.
macro_rules! visits_with_attributes {
    ($($visit:ident: $node:ident),*) => {
        $(fn $visit(&mut self, node: &'ast syn::$node) {
            let before = self.enter(&node.attrs);
            visit::$visit(self, node);
            self.in_tests = before;
        })*
    };
}

impl<'ast> Visit<'ast> for Collector<'_> {
    visits_with_attributes!(
        visit_arm: Arm,
        visit_expr_block: ExprBlock,
        visit_field: Field,
        visit_field_value: FieldValue,
        visit_impl_item_const: ImplItemConst,
        visit_local: Local,
        visit_stmt_macro: StmtMacro,
        visit_variant: Variant
    );

    fn visit_item(&mut self, item: &'ast Item) {
        let before = self.enter(attributes(item));
        if let Some(name) = defined(item).filter(|name| *name != "_") {
            let binding = Binding::Item { file: self.file, is_value: is_value(item) };
            self.bind(self.scope, plain(name), binding);
        }
        match item {
            Item::Use(import) => self.read_import(import),
            Item::ExternCrate(import) => self.read_extern_crate(import),
            Item::Mod(module) => self.read_child(module),
            Item::Macro(item) => {
                self.read_macro_item(item);
                visit::visit_item_macro(self, item);
            }
            Item::Static(item) => {
                if matches!(item.mutability, syn::StaticMutability::Mut(_)) {
                    let (file, line) = (self.file, line(item.ident.span()));
                    self.tree.mutable_statics.push(Place { file, line });
                }
                visit::visit_item_static(self, item);
            }
            Item::Fn(item) => {
                self.read_function(&item.sig, item.block.brace_token.span.close());
                visit::visit_item_fn(self, item);
            }
            Item::Struct(item) => {
                self.tree.structs.push(Struct {
                    file: self.file,
                    name: plain(&item.ident),
                    fields: item.fields.len(),
                });
                visit::visit_item_struct(self, item);
            }
            _ => visit::visit_item(self, item),
        }
        self.in_tests = before;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let before = self.enter(&item.attrs);
        self.read_function(&item.sig, item.block.brace_token.span.close());
        visit::visit_impl_item_fn(self, item);
        self.in_tests = before;
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        let before = self.enter(&item.attrs);
        let body = item.default.as_ref().map(|body| body.brace_token.span.close());
        let end = body.or(item.semi_token.as_ref().map(|semicolon| semicolon.span));
        if let Some(end) = end {
            self.read_function(&item.sig, end);
        }
        visit::visit_trait_item_fn(self, item);
        self.in_tests = before;
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        let has_items = block.stmts.iter().any(|statement| matches!(statement, syn::Stmt::Item(_)));
        if !has_items {
            return visit::visit_block(self, block);
        }
        let scope = add_scope(self.tree, self.file, None);
        let (module, outer) = (self.module(), self.scope);
        self.tree.scopes[scope].outer = Some(outer);
        self.tree.scopes[scope].module = module;
        self.tree.scopes[scope].parent = self.tree.scopes[module].parent;
        self.scope = scope;
        visit::visit_block(self, block);
        self.scope = outer;
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.record_code(segments(path), line(path.span()));
        visit::visit_path(self, path);
    }

    /// A pattern of one word in capitals is a constant or a variant, not a new name.
    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        let name = plain(&pattern.ident);
        if name.starts_with(char::is_uppercase) {
            self.record_code(vec![name], line(pattern.ident.span()));
        }
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let mut path = segments(&call.path);
        if path.len() == 1 {
            path[0].push('!');
        }
        self.record_code(path, line(call.path.span()));
        self.read_tokens(&call.tokens, false);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        match &attribute.meta {
            Meta::List(list) => self.read_tokens(&list.tokens, true),
            meta => visit::visit_meta(self, meta),
        }
    }

    /// The path of `pub(in path)` is no import.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}
}
