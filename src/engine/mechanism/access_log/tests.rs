//! What the rule of this module says, example by example; and that it holds for any bytes, cut anywhere.

mod formats;

use super::reader::Reader;
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
    // The third took 13 ms until it was logged.
    let expected = [(0, "/a?x=1", 0), (987, "/c", 2), (2_000, "/b", 1), (2_500, "/b", 0)];
    assert_eq!(told(LOG), expected.map(|(at, key, client)| (at, key.to_owned(), client)));
    let records = read(LOG).unwrap();
    assert_eq!((records.lines(), records.unparsed()), (5, 0));
    assert_eq!((records.distinct_keys(), records.distinct_clients()), (3, 3));
    assert_eq!(records.busiest_second(), (0, 2));
}

#[test]
fn lines_that_do_not_parse_are_counted_and_shown_with_their_numbers_and_reasons() {
    let head = "1.1.1.1 - - [12/May/2024:10:00:00 +0000]";
    let broken = [
        (" \"curl/8\"".to_owned(), Reason::Time),
        ("1.1.1.1 - - 12/May/2024:10:00:00".to_owned(), Reason::Request),
        ("1.1.1.1 - - [32/May/2024:10:00:00 +0000] \"GET / HTTP/1.1\" 200 1".to_owned(), Reason::Time),
        ("1.1.1.1 - - [29/Feb/2023:10:00:00 +0000] \"GET / HTTP/1.1\" 200 1".to_owned(), Reason::Time),
        (format!("{head} hello 200 1"), Reason::Request),
        (format!("{head} \"GET / 200 1"), Reason::Request),
        (format!("{head} \"GET /\" 20 1"), Reason::Status),
        (format!("{head} \"GET /\" 2000 1"), Reason::Status),
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

/// A line's key and client, or what is wrong with it.
fn read_line(text: &str) -> Result<(String, String), Reason> {
    let mut line = Line::new();
    let text_of = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Reader::default().read(text.as_bytes(), false, &mut line).unwrap()?;
    Ok((text_of(line.key()), text_of(line.client())))
}

#[test]
fn the_key_is_path_and_query_and_the_client_an_address_without_its_port() {
    let time = "[01/Mar/2024:12:00:00 +0000]";
    let json = r#""ts":1709294400.5,"method":"GET""#;
    for (line, key, client) in [
        (
            format!("192.0.2.1 - - {time} \"GET http://h.example:80/a?b=c%20d HTTP/1.1\" 200 1"),
            "/a?b=c%20d",
            "192.0.2.1",
        ),
        (format!("192.0.2.1 - - {time} \"GET https://h.example HTTP/1.1\" 200 1"), "/", "192.0.2.1"),
        (
            format!("192.0.2.1:80 - - {time} \"CONNECT h.example:443 HTTP/1.1\" 200 1"),
            "h.example:443",
            "192.0.2.1",
        ),
        (format!("[2001:db8::1]:80 - - {time} \"OPTIONS * HTTP/1.1\" 200 1"), "*", "2001:db8::1"),
        (format!("fe80::1%eth0 - - {time} \"GET /\" 200 1"), "/", "fe80::1"),
        (format!("::ffff:192.0.2.1 - - {time} \"GET /\" 200"), "/", "::ffff:192.0.2.1"),
        (format!("h.example:443 192.0.2.1 - - {time} \"GET /\" 200 1"), "/", "192.0.2.1"),
        (format!("203.0.113.1:443 192.0.2.1 - - {time} \"GET /\" 200 1"), "/", "192.0.2.1"),
        (format!("192.0.2.1, 10.0.0.1 - - {time} \"GET /\" 200 1"), "/", "192.0.2.1"),
        (format!("192.0.2.1 10.0.0.1 - - {time} \"GET /\" 200 1"), "/", "192.0.2.1"),
        (format!("10.0.0.1 - - {time} \"GET /\" 200 1 \"-\" \"-\" \"192.0.2.1, 10.0.0.1\""), "/", "10.0.0.1"),
        (format!("- - - {time} \"GET /\" 200 1 \"-\" \"-\" \"192.0.2.1\""), "/", "-"),
        (format!("dial-1.example.net - bob {time} \"GET /\" 200 1 192.0.2.9"), "/", "dial-1.example.net"),
        (format!("192.0.2.1\t-\t-\t{time}\t\"GET /a\tb HTTP/1.1\"\t200\t1"), "/a", "192.0.2.1"),
        (format!("192.0.2.1 - - {time} \"GET /\\\"a\\\" HTTP/1.1\" 200 1"), "/\\\"a\\\"", "192.0.2.1"),
        (
            format!("{time} - 200 200 - GET http 203.0.113.1 \"/a\" [Client 192.0.2.1] [Length 0]"),
            "/a",
            "192.0.2.1",
        ),
        (format!(r#"{{{json},"path":"\/a","client_ip":"[2001:db8::1]:80"}}"#), "/a", "2001:db8::1"),
        (
            format!(
                r#"{{{json},"url":"/a","query":{{"x":"1"}},"headers":{{"Client-IP":"203.0.113.1"}},"ip":["192.0.2.1","10.0.0.1"]}}"#
            ),
            "/a",
            "192.0.2.1",
        ),
        (
            format!(
                r#"{{{json},"uri":"/a","args":"?x=\u0031","x_forwarded_for":"192.0.2.1, 10.0.0.1","remote_addr":"-"}}"#
            ),
            "/a?x=1",
            "192.0.2.1",
        ),
        (
            format!(
                r#"{{{json},"request":"GET /a?x=1 HTTP/1.1","uri":"/a","remote_addr":"10.0.0.1","http_x_forwarded_for":"192.0.2.1"}}"#
            ),
            "/a?x=1",
            "10.0.0.1",
        ),
        ("2024-03-01T12:00:00Z 192.0.2.1 GET /a".to_owned(), "/a", "192.0.2.1"),
    ] {
        assert_eq!(read_line(&line), Ok((key.to_owned(), client.to_owned())), "{line}");
    }
}

#[test]
fn lines_of_error_logs_and_chatter_are_no_requests() {
    for (line, reason) in [
        (
            r#"2024/03/01 12:00:00 [error] 12#12: *1 open() "/x" failed (2: No such file or directory), client: 192.0.2.1, server: _, request: "GET /x HTTP/1.1", host: "x""#,
            Reason::ErrorLog,
        ),
        (
            r#"2024/03/01 12:00:00 [info] 12#12: *1 client closed connection, client: 192.0.2.1, request: "GET /x HTTP/1.1""#,
            Reason::ErrorLog,
        ),
        (
            r#"2024/03/01 12:00:00 [error] 12#12: *1 FastCGI sent in stderr: "PHP message: PHP Warning:  Undefined variable in /var/www/x.php on line 3" while reading response header from upstream, client: 192.0.2.1, request: "GET /x HTTP/1.1", upstream: "fastcgi://unix:/run/php.sock:""#,
            Reason::ErrorLog,
        ),
        (
            "[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416] [client 192.0.2.1:80] File does not exist: /var/www/favicon.ico",
            Reason::Time,
        ),
        (r#"[Wed Oct 11 14:32:52 2000] [error] [client 192.0.2.1] "GET /x HTTP/1.1" 404"#, Reason::ErrorLog),
        (
            "[01-Mar-2024 12:00:00 UTC] PHP Fatal error:  Uncaught Error in /var/www/x.php:3 GET /x",
            Reason::Time,
        ),
        ("[01-Mar-2024 12:00:00] NOTICE: fpm is running, pid 1", Reason::Time),
        ("2024-03-01 12:00:00,123 - root - ERROR - while handling GET /x", Reason::ErrorLog),
        ("2024-03-01T12:00:00Z Retrying GET /api/x after an error", Reason::ErrorLog),
        ("INFO: GeoBlock: 2024/03/01 12:00:00 request GET /x from 192.0.2.1 was denied", Reason::ErrorLog),
        ("time=\"2024-03-01T12:00:00Z\" level=error msg=\"GET /x failed\"", Reason::Request),
        (
            r#"{"level":"error","ts":1709294400.5,"logger":"http.log.error","msg":"dial tcp: refused","request":{"remote_ip":"192.0.2.1","method":"GET","uri":"/x"},"duration":0.1,"status":502}"#,
            Reason::ErrorLog,
        ),
        (r#"{"level":"info","ts":1709294400.5,"msg":"serving GET /x"}"#, Reason::Status),
        ("GET /x 200 3.2 ms - 12", Reason::Time),
        (r#"{"time":"2024-03-01T12:00:00Z","method":"GET","uri":"/x""#, Reason::Further),
        (
            "2024-03-01T12:00:00Z stderr F 2024/03/01 12:00:00 [warn] 1#1: a request GET /x is buffered",
            Reason::ErrorLog,
        ),
    ] {
        assert_eq!(read_line(line), Err(reason), "{line}");
    }
}

#[test]
fn where_stamps_are_of_the_end_a_request_arrives_earlier_by_what_it_took() {
    let arrivals = |text: &str| told(text).into_iter().map(|(at, key, _)| (at, key)).collect::<Vec<_>>();
    let expected = |two: [(u64, &str); 2]| two.map(|(at, key)| (at, key.to_owned())).to_vec();
    // Both of one second: spread to 0 and 500 ms first, then moved.
    let nginx = "1.1.1.1 - - [12/May/2024:10:00:01 +0000] \"GET /a HTTP/1.1\" 200 1 \"-\" \"-\" 0.100 0.050\n\
                 1.1.1.1 - - [12/May/2024:10:00:01 +0000] \"GET /b HTTP/1.1\" 200 1 \"-\" \"-\" 2.000 -\n";
    assert_eq!(arrivals(nginx), expected([(0, "/b"), (1_400, "/a")]));
    let caddy = |ts, uri, took| {
        format!(r#"{{"ts":{ts},"request":{{"method":"GET","uri":"{uri}"}},"duration":{took}}}"#)
    };
    let text = format!("{}\n{}\n", caddy("1709294400.5", "/a", "0.25"), caddy("1709294401.5", "/b", "1.5"));
    assert_eq!(arrivals(&text), expected([(0, "/b"), (250, "/a")]));
    let alb = |at, kind| {
        format!(
            "{kind}2024-03-01T12:00:0{at}.5Z lb 192.0.2.1:80 10.0.0.1:80 0.1 0.2 {at}.500 200 200 0 0 \"GET http://h/{at} HTTP/1.1\" \"-\" - -\n"
        )
    };
    let alb = |at, kind| alb(at, kind).replace("0.1 0.2", "0.100 0.200");
    assert_eq!(arrivals(&(alb(1, "http ") + &alb(3, "http "))), expected([(0, "/1"), (0, "/3")]));
    assert_eq!(
        arrivals(&(alb(1, "") + &alb(3, ""))),
        expected([(0, "/1"), (2_000, "/3")]),
        "Classic Load Balancer"
    );
    let traefik = |at| {
        format!(
            r#"{{"StartUTC":"2024-03-01T12:00:0{at}.5Z","time":"2024-03-01T12:00:09Z","RequestMethod":"GET","RequestPath":"/{at}","Duration":{at}00000000}}"#
        )
    };
    assert_eq!(arrivals(&(traefik(1) + "\n" + &traefik(3))), expected([(0, "/1"), (2_000, "/3")]));
    let records = read(nginx).unwrap();
    assert_eq!((records.stamps().nanos(), records.span().nanos()), (0, 1_400_000_000));
    assert_eq!((records.durations(), records.with_duration()), (Durations::Upstream, 1));
}

#[test]
fn a_glance_at_a_log_is_its_rate_and_its_busiest_minute() {
    let times = [0, 1, 2, 50, 100, 101, 130, 155, 199, 200];
    let text: String = times.map(|at| format!("{at}.5,a\n")).concat();
    let records = read(text).unwrap();
    assert_eq!(records.rates(4), [3, 1, 3, 3]);
    assert_eq!(records.rates(1), [10]);
    assert_eq!(records.rates(0), [0_u32; 0]);
    assert_eq!(records.rates(1_000).iter().sum::<u32>(), 10);
    // From 1 s on as many, but later; from 100 s on until before 160.
    assert_eq!(records.busiest_minute(), (crate::sim::Span::ZERO, 4));
    let one = read("7,a\n7,b\n").unwrap();
    assert_eq!((one.rates(3), one.busiest_minute().1), (vec![1, 0, 1], 2));
}

#[test]
fn a_table_may_say_how_long_its_requests_took() {
    let records = read("time,url,request_time_ms,size\n0,/a,250,1\n9.5,/b,-,2\n").unwrap();
    let took = [0, 1].map(|n| records.duration(n).map(crate::sim::Span::nanos));
    assert_eq!((records.durations(), took), (Durations::Total, [Some(250_000_000), None]));
}

#[test]
fn a_duration_is_read_in_the_unit_that_its_name_its_text_or_its_server_has() {
    let spent = |text: &str| {
        let mut line = Line::new();
        Reader::default().read(text.as_bytes(), false, &mut line).unwrap().unwrap();
        let Spent { upstream, total, ended } = line.spent();
        let known = |micros: u32| if micros == names::NONE { -1 } else { i64::from(micros) };
        (known(upstream), known(total), ended)
    };
    let json = |fields: &str| {
        spent(&format!(r#"{{"time":"2024-03-01T12:00:00Z","method":"GET","path":"/",{fields}}}"#))
    };
    for (fields, expected) in [
        (r#""duration":12"#, (-1, 12_000, false)),
        (r#""duration":0.012"#, (-1, 12_000, false)),
        (r#""duration":"12ms""#, (-1, 12_000, false)),
        (r#""Duration":12000"#, (-1, 12, false)),
        (r#""durationMs":12.5"#, (-1, 12_500, false)),
        (r#""latency_us":"12""#, (-1, 12, false)),
        (r#""request_time":"0.012","upstream_response_time":"0.001, 0.002 : 0.003""#, (6_000, 12_000, true)),
        (r#""request_time":12,"upstream_response_time":"-""#, (-1, 12_000_000, true)),
        (r#""upstream_service_time":"-1","duration":-1"#, (-1, -1, false)),
        (r#""duration":1e3"#, (-1, 1_000_000, false)),
        (r#""duration":99999999"#, (-1, i64::from(names::NONE) - 1, false)),
    ] {
        assert_eq!(json(fields), expected, "{fields}");
    }
    let caddy =
        |took| format!(r#"{{"ts":1709294400.5,"request":{{"method":"GET","uri":"/"}},"duration":{took}}}"#);
    assert_eq!([spent(&caddy("1")), spent(&caddy("0.5"))], [(-1, 1_000_000, true), (-1, 500_000, true)]);
    let common = |rest: &str| {
        spent(&format!("192.0.2.1 - - [01/Mar/2024:12:00:00 +0000] \"GET / HTTP/1.1\" 200 1 {rest}"))
    };
    for (rest, expected) in [
        // What may be bytes, microseconds or a version is none.
        ("\"-\" \"curl/8\" 12345", (-1, -1, false)),
        ("\"-\" \"curl/8\" 1.5", (-1, -1, false)),
        ("\"-\" \"curl/8\" 10.0.0.1", (-1, -1, false)),
        ("\"-\" \"curl/8\" 1709294400.123", (-1, -1, false)),
        ("\"-\" \"curl/8\" 0.012", (-1, 12_000, true)),
        ("\"-\" \"curl/8\" \"0.012\" \"10.0.0.1:80\" \"0.010\"", (10_000, 12_000, true)),
        ("\"-\" \"curl/8\" 0.001 0.005 0.010 0.012", (10_000, 12_000, true)),
        ("\"-\" \"curl/8\" 7 \"web@docker\" \"http://10.0.0.1:80\" 3ms", (-1, 3_000, false)),
    ] {
        assert_eq!(common(rest), expected, "{rest}");
    }
}

#[test]
fn words_before_a_log_do_not_make_a_table_of_it() {
    let log =
        "2024-03-01 12:00:00,123 INFO starting\n[2024-03-01 12:00:00 +0000] [1] [INFO] Booting worker\n";
    let records = read(format!("{log}{LOG}")).unwrap();
    assert_eq!((records.len(), records.unparsed()), (4, 2));
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
        assert_eq!(time::whole(text.as_bytes()), Some(seconds * 1_000_000_000), "{text}");
    }
    assert_eq!(time::whole(b"12/May/2024:02:00:17 +0200"), Some(1_715_472_017_000_000_000));
}

/// Lines that are nearly right, and any bytes.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let logs = formats::REPORTED.iter().chain(formats::FURTHER).map(|log| log.text);
    let lines: Vec<String> = logs.chain([LOG]).flat_map(str::lines).map(str::to_owned).collect();
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
        6 => mutated,
        1 => "[\\[{<\"]{1,3}( ?(GET|/|=\"|\\]|\\}|:|,|-1|0\\.003|10\\.0\\.0\\.1|stdout F|12/May/2024:10:00:00)){0,20}\n".prop_map(String::into_bytes),
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
