//! Command lines that are wrong say what would be right, and none makes the terminal panic.

use super::lab;
use crate::shared::pick::cases;
use playground::lab::Exit;
use proptest::prelude::*;

#[test]
fn what_is_refused_says_what_is_allowed() {
    let cases: &[(&[&str], Exit, &str)] = &[
        (&["run", "one-sever"], Exit::Problems, "slow-server, who-notices, one-server"),
        (&["run", "one-server", "--set", "load=700%"], Exit::Problems, "10\u{a0}% to 120\u{a0}%"),
        (&["run", "one-server", "--set", "load=fast"], Exit::Problems, "0.85 or 85 %"),
        (&["run", "one-server", "--set", "load"], Exit::Usage, "load=0.5"),
        (&["run", "one-server", "--set", "speed=1"], Exit::Problems, "load, service"),
        (&["run", "one-server", "--at", "soon", "load=1"], Exit::Usage, "250 ms, 1.5 s or 4 min"),
        (&["run", "one-server", "--at", "61s", "load=1"], Exit::Problems, "0 s to 60\u{a0}s"),
        (&["run", "one-server", "--at", "20s"], Exit::Usage, "--at"),
        (&["run", "one-server", "--seed", "unicorn"], Exit::Usage, "k7-otter"),
        (&["run", "one-server", "--until", "-1s"], Exit::Usage, "Usage"),
        (&["run", "one-server", "--until=-1s"], Exit::Problems, "0 s to 60\u{a0}s"),
        (&["run", "your-traffic", "--log", "/nowhere"], Exit::Problems, "/nowhere"),
        (&["run", "one-server", "--log", "/nowhere"], Exit::Problems, "your-traffic"),
        (&["run", "slow-server", "--at", "1s", "slow=C:x"], Exit::Problems, "4 or 4x"),
        (&["run", "slow-server", "--at", "1s", "slow=C:900"], Exit::Problems, "100\u{a0}×"),
        (&["run", "one-server", "--seed", "-1"], Exit::Usage, "k7-otter"),
        (&["new", "architecture"], Exit::Usage, "chapter/slug"),
        (&["new", "architecture/2pc"], Exit::Usage, "begin with a letter"),
        (&["run", "two-threads", "--at", "1s", "step=C"], Exit::Problems, "thread"),
        (&["run", "two-threads", "--at", "1s", "step=!"], Exit::Problems, "thread:A"),
        (&["run", "two-threads", "--at", "1s", "step=A:7"], Exit::Problems, "no argument"),
        (&["run", "two-threads", "--set", "scheduler=chaos"], Exit::Problems, "by-hand, random"),
        (&["explain", "one-server", "request:99999"], Exit::Problems, "99999"),
        (&["explain", "one-server", "teapot"], Exit::Problems, "request:0, server, clients"),
        (&["open", "hello"], Exit::Problems, "link"),
        (&["open", ""], Exit::Problems, "#one-server="),
        (&["run", "one-server", "--against", "load=7"], Exit::Problems, "10\u{a0}% to 120\u{a0}%"),
        (&["run", "one-server", "--against", "speed=7"], Exit::Problems, "load, service"),
        (&["run", "one-server", "--against", "load"], Exit::Usage, "load=0.5"),
        (&["sweep", "one-server"], Exit::Usage, "--vary"),
        (&["sweep", "one-server", "--vary", "speed"], Exit::Problems, "load, service"),
        (&["sweep", "one-server", "--vary", "load=fast"], Exit::Usage, "load=10%..120%,6"),
        (&["sweep", "one-server", "--vary", "load=10%..fast"], Exit::Problems, "0.85 or 85 %"),
        (
            &["sweep", "one-server", "--vary", "load=10%..700%"],
            Exit::Problems,
            "from 10\u{a0}% to 120\u{a0}%",
        ),
        (&["sweep", "one-server", "--vary", "load=10%..90%,1"], Exit::Problems, "2 to 1000 values"),
        (&["sweep", "one-server", "--vary", "load=10%..90%,x"], Exit::Usage, "120%,6"),
        (&["sweep", "one-server", "--vary", "load", "--seeds", "0"], Exit::Usage, "1..=10000"),
        (&["sweep", "one-server", "--vary", "load", "--reading", "p98"], Exit::Problems, "busy, mean, p99"),
        (
            &["sweep", "one-server", "--vary", "load", "--set", "service=1h"],
            Exit::Problems,
            "1\u{a0}ms to 1\u{a0}s",
        ),
        (&["sweep", "slow-server", "--vary", "policy=a..b"], Exit::Problems, "leave '=a..b' out"),
        (&["sweep", "slow-server", "--vary", "arrivals"], Exit::Problems, "Your own traffic"),
        (&["judge", "one-server", "x"], Exit::Problems, "slow-server keep-the-promise"),
        (&["judge", "slow-server", "x"], Exit::Problems, "keep-the-promise"),
        (
            &["judge", "slow-server", "keep-the-promise", "--set", "load=10/s"],
            Exit::Problems,
            "policy, workers, queue",
        ),
        (&["judge", "slow-server", "keep-the-promise", "--set", "workers=9"], Exit::Problems, "1 to 8"),
        (&["judge", "slow-server", "keep-the-promise", "--link", "hello"], Exit::Problems, "link"),
        (&["bench", "mm1", "0", "1"], Exit::Usage, "1.."),
        (&["frobnicate"], Exit::Usage, "Usage"),
        (&[], Exit::Usage, "Usage"),
    ];
    for (line, exit, allowed) in cases {
        let said = lab(line);
        assert_eq!((said.exit, said.err.contains(allowed)), (*exit, true), "{line:?}: {}", said.err);
        assert!(said.out.is_empty() || *exit == Exit::Problems, "{line:?}: {}", said.out);
    }
    assert_eq!(lab(&["--help"]).exit, Exit::Fine);
}

/// Words that make up command lines, right and wrong.
fn word() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "run",
        "explain",
        "open",
        "list",
        "sweep",
        "judge",
        "--vary",
        "load",
        "load=10%..20%,2",
        "times",
        "--seeds",
        "--reading",
        "p99",
        "--against",
        "one-server",
        "two-threads",
        "--seed",
        "--set",
        "--at",
        "--until",
        "--log",
        "--json",
        "--link",
        "load=0.5",
        "load=99",
        "load=NaN",
        "service=1ms",
        "scheduler=random",
        "times=2",
        "step=A",
        "step=thread:B",
        "step=A,B",
        "step=,:",
        "step=Z9999999999",
        "20s",
        "1.5 min",
        "-1",
        "1e300",
        "request:17",
        "request:-1",
        "server",
        "A",
        "é2",
        "#one-server=aAAAA",
        "a",
        "&=&",
        "/dev/null",
        "k7-otter",
        "7",
        "=",
        ":",
        "--",
        "",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => ".{0,20}"]
}

proptest! {
    #![proptest_config(cases(512))]
    #[test]
    fn no_command_line_panics(line in prop::collection::vec(word(), 0..9)) {
        let words: Vec<&str> = line.iter().map(String::as_str).collect();
        // What measures takes its time; it has a test of its own.
        prop_assume!(!words.iter().any(|word| "bench".starts_with(word) && !word.is_empty()));
        let said = lab(&words);
        prop_assert_eq!(said.exit == Exit::Fine, said.err.is_empty(), "{}", said.err);
    }

    #[test]
    fn no_link_panics(link in "[#&=a-zA-Z0-9_-]{0,80}", figure in prop::sample::select(vec!["one-server", "two-threads"])) {
        lab(&["open", &link]);
        lab(&["open", &format!("#{figure}=a{link}")]);
    }
}
