//! The zone of the machine, read from its own file alone: looking through the database of all zones takes longer than the
//! rest of a start.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use jiff::tz::TimeZone;

/// The zone of the machine: mostly a link into the database of zones, by whose path the zone is named.
const LOCAL: &str = "/etc/localtime";

/// The zone of the machine, as [`TimeZone::system`] finds it. Where a variable names a zone or a database, or where the
/// file is no link that names a zone, that is asked. `variable`: what the environment says.
#[must_use]
pub fn system_zone(variable: impl Fn(&str) -> Option<OsString>) -> TimeZone {
    // An empty `TZ` counts, too: it means UTC.
    let is_set = ["TZ", "TZDIR"].iter().any(|name| variable(name).is_some());
    let linked = (!is_set).then(|| linked_zone(Path::new(LOCAL))).flatten();
    linked.unwrap_or_else(TimeZone::system)
}

/// The zone that a link into a database of zones leads to: `/usr/share/zoneinfo/Europe/Oslo`, on macOS
/// `/var/db/timezone/zoneinfo/Europe/Oslo`. `None` where jiff may know better.
fn linked_zone(link: &Path) -> Option<TimeZone> {
    let target = fs::read_link(link).ok()?;
    let (_, name) = target.to_str()?.rsplit_once("zoneinfo/")?;
    let is_name = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
    // jiff's database holds neither of these second copies; that in `right/` counts leap seconds.
    let is_copy = name.starts_with("posix/") || name.starts_with("right/");
    if !is_name || is_copy || name.eq_ignore_ascii_case("Etc/Unknown") {
        return None;
    }
    if name == "UTC" {
        return Some(TimeZone::UTC);
    }
    TimeZone::tzif(name, &fs::read(link).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

    use super::*;

    /// A file of a zone one hour east of Greenwich.
    fn tzif() -> Vec<u8> {
        let header = |version: u8| {
            let mut header = b"TZif".to_vec();
            header.push(version);
            header.extend([0; 15]);
            // No transitions; one kind of time, of four letters with their end.
            for count in [0_u32, 0, 0, 0, 1, 4] {
                header.extend(count.to_be_bytes());
            }
            header.extend(3600_i32.to_be_bytes());
            header.extend(*b"\0\0CET\0");
            header
        };
        [header(b'2'), header(b'2'), b"\nCET-1\n".to_vec()].concat()
    }

    struct Folder(PathBuf);

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// The name of the zone that `etc/localtime` leads to when it is a link to there.
    fn named(folder: &Folder, target: &str) -> Option<String> {
        let link = folder.0.join("etc/localtime");
        let _ = fs::remove_file(&link);
        symlink(target, &link).unwrap();
        let zone = linked_zone(&link)?;
        Some(zone.iana_name().unwrap_or("no name").to_owned())
    }

    #[test]
    fn links_name_the_zone() {
        let name = format!("dateline-zone-{}", std::process::id());
        let folder = Folder(std::env::temp_dir().join(name));
        for (path, bytes) in [
            ("usr/share/zoneinfo/Europe/Oslo", tzif()),
            ("usr/share/zoneinfo/posix/Europe/Oslo", tzif()),
            ("usr/share/zoneinfo/right/Europe/Oslo", tzif()),
            ("usr/share/zoneinfo/Etc/Unknown", tzif()),
            ("usr/share/zoneinfo/leapseconds", b"# leap seconds".to_vec()),
            ("usr/share/zoneinfo.default/Europe/Oslo", tzif()),
            ("var/db/timezone/zoneinfo/Europe/Oslo", tzif()),
            ("etc/zone", tzif()),
        ] {
            let path = folder.0.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let absolute = folder.0.join("usr/share/zoneinfo/Europe/Oslo");
        for (target, name) in [
            (absolute.to_str().unwrap(), Some("Europe/Oslo")),
            ("../usr/share/zoneinfo/Europe/Oslo", Some("Europe/Oslo")),
            (
                "../var/db/timezone/zoneinfo/Europe/Oslo",
                Some("Europe/Oslo"),
            ),
            // It need not be there: there is but one UTC.
            ("../usr/share/zoneinfo/UTC", Some("UTC")),
            ("../usr/share/zoneinfo/posix/Europe/Oslo", None),
            ("../usr/share/zoneinfo/right/Europe/Oslo", None),
            ("../usr/share/zoneinfo/Etc/Unknown", None),
            ("../usr/share/zoneinfo/leapseconds", None),
            ("../usr/share/zoneinfo/Europe", None),
            ("../usr/share/zoneinfo/Europe/Atlantis", None),
            (
                "../usr/share/zoneinfo/../zoneinfo.default/Europe/Oslo",
                None,
            ),
            ("../usr/share/zoneinfo.default/Europe/Oslo", None),
            ("../usr/share/zoneinfo/", None),
            ("zone", None),
        ] {
            assert_eq!(named(&folder, target).as_deref(), name, "{target}");
        }
        // No link at all: a file, or nothing.
        assert_eq!(linked_zone(&folder.0.join("etc/zone")), None);
        assert_eq!(linked_zone(&folder.0.join("etc/nothing")), None);
    }

    #[test]
    fn the_zone_is_the_one_that_jiff_finds() {
        let real = |name: &str| std::env::var_os(name);
        assert_eq!(system_zone(real), TimeZone::system());
        // What the variables say is left to jiff, also where they say nothing.
        for set in ["TZ", "TZDIR"] {
            let variable = |name: &str| (name == set).then(OsString::new);
            assert_eq!(system_zone(variable), TimeZone::system(), "{set}");
        }
    }
}
