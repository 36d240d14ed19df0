//! The quotes of a dispatch of 580 words, and of one ten and a hundred times as long: `cargo bench --bench quotes`.

use dateline::dispatch::{Body, Dispatch};
use dateline::quotes;
use divan::Bencher;

/// A dispatch as the wires send them: direct and partial quotes, several sources, pronouns.
const PARAGRAPHS: [&str; 24] = [
    "The harbour of Tollen will stay shut until the weekend after a barge broke loose and took two piers with it, the port authority said on Tuesday.",
    "“Nothing moves until we know what lies on the bottom,” harbour master Edda Brook told reporters. “It could be the crane. It could be half the pier.”",
    "Brook, 51, who has run the harbour since 2009, said her crew had called the barge’s owner “eleven times in one night” before the line parted.",
    "The owner, Vessarian Bulk Lines, denied that it had been warned. “Our watch was aboard and awake,” its spokesman, Jonas Reke, said in a statement.",
    "Reke added that the company was “ready to pay for what it has broken, and for nothing else.”",
    "Fishermen who have lost a week of catch were less patient. “They talk, we mend nets,” said Piet Amaro, a skipper. “Ask me on Sunday who was right.”",
    "About 40 boats lie behind the wreck, and 200 people are paid by the day in the packing halls along the northern quay, according to the union.",
    "“That is two hundred families,” said Mara Lind, who leads it. She called the company’s offer “a joke told badly” and said that the members would vote on Friday.",
    "The transport ministry has sent a floating crane from the capital. It is expected on Wednesday evening if the wind allows, a ministry official said.",
    "“We have lifted worse,” the official said, speaking on condition of anonymity because the contract had not been signed.",
    "In parliament the opposition asked why the breakwater, planned in 1998, had never been built.",
    "“Every winter the same speech, every spring the same hole in the budget,” said Senator Ira Holm of the Coast Party. “I have given that speech myself.”",
    "Prime Minister Tomas Veer told her that the breakwater was “not forgotten”. He said the money would be found this year.",
    "Asked whether that was a promise, he laughed. “It is a sentence,” he said.",
    "According to the weather service the wind will turn to the south on Thursday, and the swell in the outer harbour will drop below a metre.",
    "“Then it goes quickly,” Brook said. “A day for the divers, a day for the crane, and on Saturday the first boat is out.”",
    "She would not say who will pay. The last such case, in 2011, went through the courts for six years and ended with a settlement that neither side has published.",
    "The mayor, Lena Okur, walked the quay in the morning and promised hot meals for the crews of the two foreign ships that cannot leave.",
    "“They came for one night with a load of clay, and now they know every child in the street by name,” Okur said.",
    "One of the captains, who gave his name only as Bert, said he did not mind. “The coffee is better than at home,” he said, “and nobody shoots at us.”",
    "Insurers put the damage at “between four and seven million”, the daily Tollen Courier reported, citing a letter that it had seen.",
    "The letter, dated Sunday, says the moorings were inspected in March and “found to be in the condition that is usual for their age”.",
    "Lind called that sentence the truest of the week. “Everything here is in the condition that is usual for its age,” she said.",
    "“Bring a chair,” Amaro said.",
];

fn dispatch(times: usize) -> Dispatch {
    let paragraphs = std::iter::repeat_n(PARAGRAPHS, times).flatten();
    Dispatch {
        headline: "Tollen harbour shut until weekend, “nothing moves”".to_owned(),
        language: Some("en".to_owned()),
        body: Body::from_paragraphs(paragraphs),
        ..Dispatch::default()
    }
}

#[divan::bench(args = [1, 10, 100])]
fn quotes(bencher: Bencher<'_, '_>, times: usize) {
    let dispatch = dispatch(times);
    bencher
        .counter(divan::counter::ItemsCount::new(dispatch.word_count() as usize))
        .bench(|| quotes::extract_quotes(divan::black_box(&dispatch)));
}

fn main() {
    divan::main();
}
