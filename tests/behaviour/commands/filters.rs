//! Filters of every kind: what they keep of the wire and of all fixtures, and in which order.

use super::table::{run, together};
use crate::inputs::everything;

#[test]
fn filters() {
    let filters = [
        "ferry",
        "Ferry",
        "FERRY",
        "storm soup",
        "'storm",
        "~strm",
        "\"storm soup\"",
        "!storm",
        "storm | soup",
        "(storm | ferry) !soup",
        "^storm",
        "bells$",
        "/sto?rm/",
        "/^.{0,30}$/",
        "gdansk",
        "Gdańsk",
        "kremln",
        "ferry at:brandt",
        "headline:ferry",
        "headline:(ferry !storm)",
        "headline:'ferry",
        "slug:soup",
        "slug:/^SPORT/",
        "from:nwr",
        "from:kdk urgency:<=4",
        "at:brandt",
        "by:marchbanks",
        "about:election",
        "about:markets",
        "lang:ar",
        "lang:en",
        "body:soup",
        "body:\"paraffin and lit\"",
        "body:soup words:>200",
        "body:/q[aeiou]{2}y/",
        "said:oster",
        "said:\"ingrith moe\"",
        "quote:radio",
        "is:urgent",
        "is:alert",
        "is:killed",
        "is:corrected",
        "is:superseded",
        "is:embargoed",
        "is:table",
        "is:unread",
        "is:read",
        "is:starred",
        "is:since-last",
        "is:killed | is:embargoed",
        "urgency:1",
        "urgency:<=3",
        "urgency:3..5",
        "words:>300",
        "words:200..400",
        "words:<50",
        "date:2026-11",
        "date:2026-11-19",
        "date:2026-11-18..",
        "date:..2025",
        "date:2024-05..2026-11-18",
        "!date:2026",
        "zeppelins",
    ];
    let mut runs = Vec::new();
    for filter in filters {
        runs.push(run("list wire nitf mail --filter").and(filter));
    }
    for filter in ["ferry", "said:oster", "body:light", "is:killed"] {
        for line in ["show", "quotes", "health", "export --to jsonl"] {
            runs.push(run(&format!("{line} wire -f")).and(filter));
        }
    }
    for filter in ["said:oster", "slug:soup", "storm | from:kdk"] {
        runs.push(run("speakers wire -f").and(filter));
    }
    together("filters", &everything(), &runs);
}
