//! What the rule of this module says, example by example; and that it holds for any bytes, cut anywhere.

use super::*;
use crate::pick::cases;
use proptest::prelude::*;

fn read(text: impl AsRef<[u8]>) -> Result<Records, LogError> {
    let mut parser = Parser::new();
    parser.push(text.as_ref());
    parser.finish()
}

/// Arrivals in milliseconds, keys' names, clients.
fn told(text: impl AsRef<[u8]>) -> Vec<(u64, String, u32)> {
    let records = read(text).unwrap();
    let one = |n| {
        let (key, client) = records.who(n).unwrap();
        let millis = (records.arrival(n).unwrap() + 500_000) / 1_000_000;
        (millis, records.name(key).unwrap_or("").to_owned(), client)
    };
    (0..records.len() as u32).map(one).collect()
}

const LOG: &str = concat!(
    "10.0.0.1 - - [12/May/2024:10:00:00 +0000] \"GET /a?x=1 HTTP/1.1\" 200 12 \"-\" \"curl/8\"\n",
    "10.0.0.2 - frank smith [12/May/2024:10:00:02 +0000] \"POST /b HTTP/1.1\" 499 -\r\n",
    "\n",
    "2001:db8::1 - - [12/May/2024:12:00:01 +0200] \"GET http://example.org/c HTTP/1.0\" 304 0 \"-\" \"say \\\"hi\\\"\" 0.013 \"10.1.1.1\"\n",
    "10.0.0.1 - - [12/May/2024:10:00:02 +0000] \"GET /b HTTP/1.1\" 200 7\n",
);

#[test]
fn common_and_combined_lines_are_read_and_sorted_by_time() {
    let expected = [(0, "/a?x=1", 0), (1_000, "/c", 2), (2_000, "/b", 1), (2_500, "/b", 0)];
    assert_eq!(told(LOG), expected.map(|(at, key, client)| (at, key.to_owned(), client)));
    let records = read(LOG).unwrap();
    assert_eq!((records.lines(), records.unparsed()), (5, 0));
    assert_eq!((records.distinct_keys(), records.distinct_clients()), (3, 3));
    assert_eq!(records.busiest_second(), (2, 2));
}

#[test]
fn lines_that_do_not_parse_are_counted_and_shown_with_their_numbers_and_reasons() {
    let head = "1.1.1.1 - - [12/May/2024:10:00:00 +0000]";
    let broken = [
        (" \"curl/8\"".to_owned(), Reason::Client),
        ("1.1.1.1 - - 12/May/2024:10:00:00".to_owned(), Reason::Time),
        ("1.1.1.1 - - [32/May/2024:10:00:00 +0000] \"GET / HTTP/1.1\" 200 1".to_owned(), Reason::Time),
        ("1.1.1.1 - - [29/Feb/2023:10:00:00 +0000] \"GET / HTTP/1.1\" 200 1".to_owned(), Reason::Time),
        (format!("{head} GET / 200 1"), Reason::Request),
        (format!("{head} \"GET / 200 1"), Reason::Request),
        (format!("{head} \"GET /\" 20 1"), Reason::Status),
        (format!("{head} \"GET /\" 200 x"), Reason::Bytes),
        (format!("{head} \"GET /\" 200 1 \"-\" \"cur"), Reason::Further),
        (format!("{head} \"GET /{}\" 200 1", "x".repeat(LONGEST_LINE)), Reason::TooLong),
    ];
    let mut text = LOG.to_owned();
    for (line, _) in &broken {
        text.extend([line, "\n"]);
    }
    let records = read(&text).unwrap();
    assert_eq!((records.len(), records.unparsed()), (4, broken.len() as u64));
    for (n, (shown, (_, reason))) in records.first_unparsed().iter().zip(&broken).enumerate() {
        assert_eq!((shown.line, shown.reason), (6 + n as u64, *reason), "{}", shown.text);
    }
    let many = format!("{LOG}{}", "?\n".repeat(1_000));
    let records = read(many).unwrap();
    assert_eq!((records.unparsed(), records.first_unparsed().len()), (1_000, SHOWN));
}

#[test]
fn requests_of_one_second_are_spread_over_it_in_their_order() {
    let line = |key| format!("1.1.1.1 - - [12/May/2024:10:00:07 +0000] \"GET /{key} HTTP/1.1\" 200 1\n");
    let text: String = (0..4).map(line).collect();
    let expected = [(0, "/0"), (250, "/1"), (500, "/2"), (750, "/3")];
    assert_eq!(told(text), expected.map(|(at, key)| (at, key.to_owned(), 0)));
}

#[test]
fn tables_are_read_with_and_without_a_header_in_any_unit() {
    let plain = [(0, "a"), (1_500, "b"), (4_000, "a")].map(|(at, key)| (at, key.to_owned(), 0));
    for table in [
        "0,a\n1.5,b\n4,a\n",
        "7;a\r\n8.5;b\r\n11;a",
        "time\tkey\n0\ta\n1.5\tb\n4\ta\n",
        "key,time_ms\na,10\nb,1510\na,4010\n",
        "\u{feff}time,key\n4,a\n0,a\n1.5,b\n",
        "1715508000000,a\n1715508001500,b\n1715508004000,a\n",
        "1715508000.25,a\n1715508001.75,b\n1715508004.25,a\n",
        "1715508000000000000,a\n1715508001500000000,b\n1715508004000000000,a\n",
        "timestamp,bytes,url\n2024-05-12T10:00:00Z,1,a\n2024-05-12 10:00:01.5,2,\"b\"\n2024-05-12T12:00:04+02:00,3,a\n",
    ] {
        assert_eq!(told(table), plain, "{table}");
    }
    let clients = "ts;client;path\n0;x;\"a;b\"\n1;y;c\n2;x;c\n";
    let expected = [(0, "a;b", 0), (1_000, "c", 1), (2_000, "c", 0)];
    assert_eq!(told(clients), expected.map(|(at, key, client)| (at, key.to_owned(), client)));
    assert_eq!(told("3\n5\n"), [(0, String::new(), 0), (2_000, String::new(), 0)]);
    let lines = read("time,key\n0,a\nsoon,b\n2,c\n").unwrap();
    assert_eq!((lines.len(), lines.unparsed(), lines.first_unparsed()[0].line), (2, 1, 3));
}

#[test]
fn a_file_without_records_is_refused_with_what_is_allowed() {
    for (text, says) in [
        (&b""[..], "the file is empty"),
        (b"\n \n", "no record"),
        (b"hello\nworld\n", "none of 2 lines can be read (line 1: "),
        (b"\x1f\x8b\x08 zipped", "gzip"),
    ] {
        let sentence = read(text).unwrap_err().to_string();
        assert!(sentence.contains(says) && sentence.contains("Common or Combined"), "{sentence}");
    }
}

#[test]
fn what_is_beyond_the_bound_is_not_read_and_it_says_so() {
    let parse = |limit| {
        let mut parser = Parser::with_limit(limit);
        parser.push(LOG.as_bytes());
        parser.finish().unwrap()
    };
    assert_eq!((parse(3).len(), parse(3).truncated()), (3, true));
    assert_eq!((parse(4).len(), parse(4).truncated()), (4, false));
}

#[test]
fn the_fingerprint_tells_records_apart() {
    let of = |text: &str| read(text).unwrap().fingerprint();
    assert_eq!(of(LOG), of(&LOG.replace("curl/8", "curl/9")));
    for (from, to) in [("/b HTTP", "/d HTTP"), ("10.0.0.2", "10.0.0.1"), ("10:00:02", "10:00:03")] {
        assert_ne!(of(LOG), of(&LOG.replacen(from, to, 1)), "{from}");
    }
}

#[test]
fn dates_agree_with_the_calendar() {
    // `date -u -d … +%s`.
    for (text, seconds) in [
        ("1970-01-01T00:00:00Z", 0),
        ("2000-02-29T23:59:59Z", 951_868_799),
        ("2024-05-12T00:00:17+00:00", 1_715_472_017),
        ("1969-12-31T23:00:00-01:00", 0),
        ("2100-03-01T00:00:00Z", 4_107_542_400),
    ] {
        assert_eq!(time::rfc3339(text.as_bytes()), Some(seconds * 1_000_000_000), "{text}");
    }
    assert_eq!(time::log_time(b"12/May/2024:02:00:17 +0200"), Some(1_715_472_017_000_000_000));
}

/// Lines that are nearly right, and any bytes.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let lines: Vec<String> = LOG.lines().map(str::to_owned).collect();
    let mutated = (prop::sample::select(lines), any::<prop::sample::Index>(), any::<u8>()).prop_map(
        |(line, at, byte)| {
            let mut line = line.into_bytes();
            if !line.is_empty() {
                let at = at.index(line.len());
                line[at] = byte;
            }
            line.push(b'\n');
            line
        },
    );
    let piece = prop_oneof![
        3 => mutated,
        1 => prop::collection::vec(any::<u8>(), 0..40),
        1 => "[0-9]{1,12}[,;\t][a-c]{0,3}\r?\n".prop_map(String::into_bytes),
        1 => "(time|ts_ms|key|\"ip\")[,;](key|time)\n".prop_map(String::into_bytes),
        1 => (LONGEST_LINE - 3..LONGEST_LINE + 3).prop_map(|n| vec![b'x'; n]),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn any_bytes_cut_anywhere_give_what_they_give_in_one_piece(
        text in bytes(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
        places.extend([0, text.len()]);
        places.sort_unstable();
        let mut parser = Parser::new();
        for pair in places.windows(2) {
            parser.push(&text[pair[0]..pair[1]]);
        }
        let (pieces, whole) = (parser.finish(), read(&text));
        if let Ok(records) = &whole {
            let arrivals: Vec<_> = (0..records.len() as u32).map(|n| records.arrival(n).unwrap()).collect();
            prop_assert!(arrivals.is_sorted() && arrivals[0] == 0);
            prop_assert!(records.len() as u64 + records.unparsed() <= records.lines());
        }
        prop_assert_eq!(pieces, whole);
    }
}
