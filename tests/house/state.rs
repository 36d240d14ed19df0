//! The state of the application stays in few files and in small parts.

use crate::tree::{Tree, assert_none, small, source};

/// The room of the state.
const ROOM: &str = "app";

/// Most files of the room.
const FILES: usize = 20;

/// Most fields of a struct in it. One with more has parts that belong together.
const FIELDS: usize = 12;

fn too_large(tree: &Tree, room: &str, most: usize) -> Vec<String> {
    let in_room = tree.structs.iter().filter(|found| {
        let file = &tree.files[found.file];
        file.room() == room && found.fields > most
    });
    let message = |found: &crate::tree::Struct| {
        let (file, name) = (&tree.files[found.file].path, &found.name);
        format!("{file}: {name} has {} fields, more than {most}", found.fields)
    };
    in_room.map(message).collect()
}

#[test]
fn the_state_stays_in_small_parts() {
    let tree = source();
    let files = tree.files.iter().filter(|file| file.room() == ROOM).count();
    assert!(files <= FILES, "{files} files in {ROOM}, more than {FILES}");
    assert!(files > 5, "only {files} files were found in {ROOM}");
    assert_none(&too_large(tree, ROOM, FIELDS));
}

#[test]
fn fields_are_counted() {
    let tree = small(&[
        ("lib.rs", "mod app; mod other; struct A { a: u8, b: u8 }"),
        (
            "app.rs",
            "struct B { a: u8 } pub(crate) struct C<T> { pub a: T, #[x] b: u8 } struct D(u8, u8, u8);",
        ),
        ("other.rs", "struct E(u8, u8);"),
    ]);
    assert_eq!(
        too_large(&tree, "app", 1),
        ["app.rs: C has 2 fields, more than 1", "app.rs: D has 3 fields, more than 1"]
    );
}
