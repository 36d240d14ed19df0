//! The wire built into the program: what a newcomer sees first. Its files lie in `assets/wire`.

/// A file of the wire, by its name.
macro_rules! wire {
    ($name:literal) => {
        ($name, include_bytes!(concat!("../../assets/wire/", $name)))
    };
}

/// Name and bytes of each file.
pub const BUILT_IN_WIRE: &[(&str, &[u8])] = &[
    wire!("01-ferry-flash.txt"),
    wire!("02-ferry-urgent.txt"),
    wire!("03-ferry-1st-lead.txt"),
    wire!("04-ferry-1st-add.txt"),
    wire!("05-ferry-correction.txt"),
    wire!("06-ferry-writethru.txt"),
    wire!("07-opera-found.txt"),
    wire!("08-opera-kill.txt"),
    wire!("09-governor-speech.txt"),
    wire!("10-count-table.txt"),
    wire!("11-feature-clocks.txt"),
    wire!("12-feature-saltroad.txt"),
    wire!("13-brief-goat.txt"),
    wire!("14-digest-advisory.txt"),
    wire!("15-repeat-comet.txt"),
    wire!("16-comet.txt"),
    wire!("17-storm-soup.txt"),
    wire!("18-rowing-final.txt"),
    wire!("19-twin-talks.txt"),
    wire!("20-obit-halloway.txt"),
    wire!("21-court-bells.txt"),
    wire!("22-neutrino.txt"),
    wire!("23-review-tidetables.txt"),
    wire!("24-arabic-lamp.txt"),
    wire!("25-greek-bees.txt"),
    wire!("26-japanese-whistle.txt"),
    wire!("27-french-bakery.txt"),
    wire!("28-german-organ.txt"),
    wire!("29-polish-map.txt"),
    wire!("30-spanish-tuna.txt"),
    wire!("desk.jsonl"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_built_in() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/wire");
        let mut names: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(
            BUILT_IN_WIRE
                .iter()
                .map(|(name, _)| *name)
                .collect::<Vec<_>>(),
            names
        );
    }
}
