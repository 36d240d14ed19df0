//! Scripted sessions: keys in a pseudo-terminal at three sizes, and the screens that come of them.

mod choosing;
mod finding;
mod live;
mod looks;
mod marking;
mod reading;
mod session;
mod sheets;

use session::play;

/// A test a session, under its name.
macro_rules! sessions {
    ($($name:ident $script:expr;)+) => {
        $(
            #[test]
            fn $name() {
                play(&stringify!($name).replace('_', "-"), $script);
            }
        )+
    };
}

sessions! {
    list reading::list;
    welcome reading::welcome;
    reader reading::reader;
    quotes reading::quotes;
    quotes_pane reading::quotes_pane;
    same_speaker reading::same_speaker;
    quote_walk reading::quote_walk;
    panes reading::panes;
    folding reading::folding;
    wide_table reading::wide_table;
    scripts reading::scripts;
    many_wires reading::many_wires;
    killed reading::killed;
    filter finding::filter;
    fields finding::fields;
    filter_mistakes finding::filter_mistakes;
    completion finding::completion;
    search_in_text finding::search_in_text;
    sorting finding::sorting;
    commands finding::commands;
    speakers finding::speakers;
    help sheets::help;
    header sheets::header;
    source sheets::source;
    problems sheets::problems;
    health sheets::health;
    changes sheets::changes;
    changes_of_fixtures sheets::changes_of_fixtures;
    views live::views;
    mutes live::mutes;
    following live::following;
    alerts live::alerts;
    marks marking::marks;
    notes marking::notes;
    selection marking::selection;
    places marking::places;
    links marking::links;
    copying marking::copying;
    saving marking::saving;
    piping marking::piping;
    mouse looks::mouse;
    resizing looks::resizing;
    dark looks::dark;
    light looks::light;
    mono looks::mono;
    plain looks::plain;
    configured looks::configured;
    choosing_a_dispatch choosing::dispatch;
    choosing_a_quote choosing::quote;
    choosing_nothing choosing::nothing;
}
