//! From paths, standard input and the built-in wire to entries: walks, reads, scans, and reads single dispatches again.

mod builtin;
mod job;
mod open;
mod parts;
mod walk;

pub use builtin::WIRE;
pub use job::{Report, Source, load};
pub use open::open;

/// An error of the system as the end of a sentence: `no such file or directory`.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_lowercase().chain(chars).collect()
    })
}
