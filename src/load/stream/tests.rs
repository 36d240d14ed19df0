//! A stream that comes in pieces.

use std::sync::Mutex;

use super::*;
use crate::desk::DispatchIndex;
use crate::load::LoadEvent;
use crate::load::job::LoadContext;

/// What a stream made of these pieces, with a pause after each, shows: the headlines after each pause and at the
/// end, and the problems.
fn shown(pieces: &[&str]) -> (Vec<Vec<String>>, Vec<String>) {
    shown_within(&STREAM_LIMITS, pieces)
}

fn shown_within(limits: &StreamLimits, pieces: &[&str]) -> (Vec<Vec<String>>, Vec<String>) {
    let told = Mutex::new((DispatchIndex::default(), Vec::new()));
    let tell = |report| match report {
        LoadEvent::Segment(segment) => drop(told.lock().unwrap().0.add(vec![segment])),
        LoadEvent::Problem(problem) => told.lock().unwrap().1.push(problem.to_string()),
        LoadEvent::Arrived { .. } | LoadEvent::Done(_) => {}
    };
    let headlines = || {
        let told = told.lock().unwrap();
        let entries = told.0.order().iter().map(|&id| told.0.entry(id).unwrap());
        entries
            .map(|entry| {
                let whole =
                    crate::load::read_dispatch(&entry.origin().unwrap(), entry.item_key()).unwrap();
                assert_eq!(whole.headline, entry.headline());
                format!(
                    "{} {}",
                    entry.origin().unwrap().number_in_input(),
                    entry.headline()
                )
            })
            .collect::<Vec<_>>()
    };
    let shared = LoadContext::new(None, &tell);
    let mut reader = Reader::new(&shared);
    let (mut steps, mut left) = (Vec::new(), pieces.iter());
    reader.read_stream_from("-".into(), None, limits, |into, wait| {
        if !wait {
            return Ok(StreamRead::Pause);
        }
        steps.push(headlines());
        let Some(piece) = left.next() else {
            return Ok(StreamRead::End);
        };
        into.extend_from_slice(piece.as_bytes());
        Ok(StreamRead::Bytes(piece.len()))
    });
    reader.send_segment();
    steps.remove(0);
    steps.push(headlines());
    let problems = told.lock().unwrap().1.clone();
    (steps, problems)
}

#[test]
fn lines_are_shown_as_they_come() {
    let (steps, problems) = shown(&[
        "{\"headline\": \"z\"}\n{\"headline\": \"y\"}\n{\"head",
        "line\": \"x\"}\n",
        "{\"headline\": ",
        "\"w\"}\n{broken\n{\"headline\": \"v\"}",
    ]);
    let counts: Vec<usize> = steps.iter().map(Vec::len).collect();
    assert_eq!(counts, [2, 3, 3, 4, 5]);
    assert_eq!(steps[4], ["0 z", "1 y", "2 x", "3 w", "4 v"]);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].starts_with("-, byte "), "{}", problems[0]);
}

#[test]
fn what_is_no_item_a_line_is_shown_at_the_end() {
    let document = [
        "{\n",
        "  \"headline\": \"one\",\n",
        "  \"body\": \"two\"\n}\n",
    ];
    let (steps, problems) = shown(&document);
    assert_eq!(steps.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 0, 1]);
    assert_eq!(problems, [""; 0]);
    let (steps, _) = shown(&["A headline\n\n", "And a text.\n"]);
    assert_eq!(steps.iter().map(Vec::len).collect::<Vec<_>>(), [0, 0, 1]);
}

#[test]
fn mails_are_shown_as_they_come() {
    let mail = |n: usize, text: &str| {
        format!("From a@b Tue Mar  3 08:15:00 2026\nSubject: {n}\n\n{text}\n\n")
    };
    let long = "text ".repeat(9000);
    let (one, two, three) = (mail(1, &long), mail(2, &long), mail(3, &long));
    let (steps, problems) = shown(&[&one, &two[..100], &two[100..], &three]);
    let counts: Vec<usize> = steps.iter().map(Vec::len).collect();
    assert_eq!(counts, [0, 1, 1, 2, 3]);
    assert_eq!(steps[4], ["0 1", "1 2", "2 3"]);
    assert_eq!(problems, [""; 0]);
}

#[test]
fn frames_are_shown_as_they_end() {
    let telex = |name: &str| format!("ZCZC\n^{name}\nTARN (NWR) - The lamp was late.\nNNNN\n\n");
    let (one, two) = (telex("One"), telex("Two"));
    let (steps, problems) = shown(&[&one[..20], &one[20..], &two[..45], &two[45..], "\r\n"]);
    let counts: Vec<usize> = steps.iter().map(Vec::len).collect();
    assert_eq!((counts, &problems[..]), (vec![0, 1, 1, 2, 2, 2], &[][..]));
    let anpa = |name: &str| {
        format!(
            "\u{16}\u{16}\u{1}a0001\u{1f}r n \u{11}\u{13}BC-{name}\u{19} \u{14}11-18 0050\r\n\u{2}\u{11}{name}\r\n\
            \tTARN (NWR) - The lamp of the harbour was late.\r\n\u{3}\u{11}11-18-26 1200EST\r\n\u{4}\r\n"
        )
    };
    let (one, two) = (anpa("Lamp"), anpa("Rope"));
    let (steps, problems) = shown(&[&one, &two[..60], &two[60..]]);
    let counts: Vec<usize> = steps.iter().map(Vec::len).collect();
    assert_eq!((counts, &problems[..]), (vec![1, 1, 2, 2], &[][..]));
}

/// A frame may stay open for as long as a stream goes on.
#[test]
fn what_was_searched_for_the_end_of_a_frame_is_not_searched_again() {
    for (name, end) in [
        ("zczc", "\nNNNN\n"),
        ("iptc7901", "\u{3}"),
        ("anpa1312", "\u{4}"),
    ] {
        let format = FormatId::from_name(name).unwrap();
        let mut stream = StreamState {
            format: Some(format),
            pending: b"Words.\n".repeat(2000),
            ..StreamState::new("-".into(), None, None)
        };
        assert_eq!(stream.find_items_end(), None);
        // Told where it comes, in two halves; not where it was looked for already.
        let (one, two) = end.split_at(end.len() / 2);
        stream.pending[10..10 + end.len()].copy_from_slice(end.as_bytes());
        stream.pending.extend_from_slice(one.as_bytes());
        assert_eq!(stream.find_items_end(), None, "{name}");
        stream.pending.extend_from_slice(two.as_bytes());
        assert_eq!(
            stream.find_items_end(),
            Some(stream.pending.len()),
            "{name}"
        );
    }
}

#[test]
fn what_is_no_text_is_not_read_on() {
    let zeros = "\0".repeat(60 << 10);
    let (steps, problems) = shown(&[&zeros, &zeros, &zeros, &zeros]);
    assert_eq!(steps.len(), 2);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].contains("binary"), "{}", problems[0]);
    let (_, problems) = shown(&[]);
    assert_eq!(problems, ["-: the input is empty"]);
}

#[test]
fn a_stream_is_read_as_far_as_there_is_room() {
    let line = "{\"headline\": \"one\"}\n";
    let (bytes, dispatches) = (line.len() as u64 * 2 + 7, 5);
    let limits = StreamLimits {
        bytes,
        dispatches,
        ..STREAM_LIMITS
    };
    let (steps, problems) = shown_within(&limits, &[line, line, line, line]);
    assert_eq!(steps.last().unwrap(), &["0 one", "1 one"]);
    assert_eq!(problems.len(), 1);
    assert!(problems[0].contains("1 GiB"), "{}", problems[0]);
    let (bytes, dispatches) = (1000, 3);
    let limits = StreamLimits {
        bytes,
        dispatches,
        ..STREAM_LIMITS
    };
    let (steps, problems) = shown_within(&limits, &[line; 9]);
    assert!((3..=4).contains(&steps.last().unwrap().len()));
    assert_eq!(problems.len(), 1);
    assert!(problems[0].contains("5,000,000"), "{}", problems[0]);
}

/// A stream that is followed may bring no end of a dispatch for ever: it takes no more memory for that.
#[test]
fn what_does_not_end_is_shown_in_pieces() {
    let limits = StreamLimits {
        pending: 3000,
        ..STREAM_LIMITS
    };
    let words = "no end of it ".repeat(150);
    let check = |first: &str, count: usize| {
        let (steps, problems) = shown_within(&limits, &[first, &words, &words, &words]);
        let counts: Vec<usize> = steps.iter().map(Vec::len).collect();
        assert!(counts[3] > 0 && counts[4] == count, "{counts:?}");
        let told = problems.iter().filter(|told| told.contains("256 MiB"));
        assert_eq!(told.count(), 1, "{problems:?}");
    };
    // Plain text.
    check("A headline\n\n", 2);
    // A line without an end, after one that has one.
    check("{\"headline\": \"One\"}\n{\"headline\": \"", 1);
    // A frame without an end.
    check(
        "ZCZC\n^One\nTARN (NWR) - It was late.\nNNNN\n\nZCZC\n^Two\nTARN (NWR) - It is ",
        3,
    );
    // A document: that is read no further.
    let document = "<?xml version=\"1.0\"?><nitf><body><p>No end.</p>";
    let (_, problems) = shown_within(&limits, &[document, &words, &words, &words]);
    assert!(
        problems[0].contains("only the first 256 MiB"),
        "{problems:?}"
    );
}

#[test]
fn mails_are_shown_when_the_next_one_begins() {
    let mail = |name: &str| {
        format!("From desk@wire.example Tue Mar  3 08:15:00 2026\nSubject: {name}\n\nWords.\n\n")
    };
    let (pauses, problems) = shown(&[&mail("One"), &mail("Two"), &mail("Three")]);
    let expected: [&[&str]; 4] = [
        &[],
        &["0 One"],
        &["0 One", "1 Two"],
        &["0 One", "1 Two", "2 Three"],
    ];
    assert_eq!(problems, Vec::<String>::new());
    assert_eq!(pauses, expected);
}
