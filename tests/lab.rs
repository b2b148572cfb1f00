//! The terminal, command line in and text out.

use playground::lab::{self, Exit, bench};
use playground::lessons;
use playground::sim::Seed;
use proptest::prelude::*;
use serde_json::Value;
use std::path::Path;

struct Said {
    exit: Exit,
    out: String,
    err: String,
}

fn lab(line: &[&str]) -> Said {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = lab::run(std::iter::once("lab").chain(line.iter().copied()), &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).expect("the terminal writes text");
    Said { exit, out: text(out), err: text(err) }
}

fn json(line: &[&str]) -> Value {
    let said = lab(line);
    assert_eq!(said.exit, Exit::Fine, "{}", said.err);
    serde_json::from_str(&said.out).expect("--json prints JSON")
}

#[test]
fn the_list_has_every_figure_with_what_it_declares() {
    let list = json(&["list", "--json"]);
    let figures: Vec<_> = lessons::all().map(|(_, figure)| figure).collect();
    assert_eq!(list.as_array().unwrap().len(), figures.len());
    for (entry, figure) in list.as_array().unwrap().iter().zip(figures) {
        assert_eq!(entry["id"], figure.spec.id.as_ref());
        assert_eq!(entry["controls"].as_array().unwrap().len(), figure.spec.controls.len());
        assert_eq!(entry["readings"].as_array().unwrap().len(), figure.spec.readings.len());
        let plain = lab(&["list"]).out;
        assert_eq!(entry["challenges"].as_array().unwrap().len(), figure.challenges.len());
        for challenge in figure.challenges {
            assert!(plain.contains(&format!("judge {}: free are", challenge.id)), "{plain}");
        }
        for control in figure.spec.controls.iter() {
            assert!(plain.contains(&format!("--set {}=", control.id)), "{plain}");
        }
    }
}

#[test]
fn a_seed_by_number_and_by_name_is_the_same_run() {
    let by_number = json(&["run", "one-server", "--seed", "6897", "--json"]);
    let by_name = json(&["run", "one-server", "--seed", "k7-otter", "--json"]);
    assert_eq!(by_number, by_name);
    assert_ne!(by_number["hash"], json(&["run", "one-server", "--seed", "6898", "--json"])["hash"]);
}

#[test]
fn inputs_of_one_moment_keep_their_order() {
    let run = |first, last| {
        json(&[
            "run",
            "one-server",
            "--at",
            "20s",
            first,
            "--at",
            "20 s",
            last,
            "--at",
            "5s",
            "load=40%",
            "--json",
        ])
    };
    let (up, down) = (run("load=0.3", "load=0.9"), run("load=0.9", "load=0.3"));
    let order = |report: &Value| {
        report["inputs"].as_array().unwrap().iter().map(|i| i["what"].to_string()).collect::<Vec<_>>()
    };
    assert_eq!(order(&up), ["\"load=40%\"", "\"load=30%\"", "\"load=90%\""]);
    assert_eq!(order(&down), ["\"load=40%\"", "\"load=90%\"", "\"load=30%\""]);
    assert_ne!(up["hash"], down["hash"]);
}

#[test]
fn a_link_opens_as_the_run_it_was_made_from() {
    let line = [
        "run",
        "one-server",
        "--seed",
        "5",
        "--set",
        "load=0.8",
        "--at",
        "0.5min",
        "load=1.1",
        "--until",
        "50s",
    ];
    let told = json(&[&line[..], &["--json"]].concat());
    let code = told["link"].as_str().unwrap();
    let printed = lab(&[&line[..], &["--link"]].concat()).out;
    let fragment = printed.lines().last().unwrap().to_owned();
    assert_eq!(fragment, format!("#one-server={code}"));
    for link in [code.to_owned(), fragment.clone(), format!("http://127.0.0.1:8000/a/b/{fragment}")] {
        assert_eq!(json(&["open", &link, "--json"])[0], told);
    }
    let other = json(&["run", "two-threads", "--json"])["link"].as_str().unwrap().to_owned();
    let both = json(&["open", &format!("{fragment}&two-threads={other}"), "--json"]);
    assert_eq!((&both[0]["figure"], &both[1]["figure"]), (&"one-server".into(), &"two-threads".into()));
    let wrong = lab(&["open", &format!("#two-threads={code}")]);
    assert_eq!((wrong.exit, wrong.err.contains("one-server")), (Exit::Problems, true));
}

#[test]
fn a_run_is_compared_with_one_of_other_controls_at_the_same_moment() {
    let line = ["run", "slow-server", "--seed", "4", "--at", "5s", "load=100/s", "--until", "30s"];
    let own = json(&[&line[..], &["--json"]].concat());
    let other = json(&[&line[..], &["--set", "policy=least-connections", "--json"]].concat());
    let against = [&line[..], &["--against", "policy=least-connections"]].concat();
    let both = json(&[&against[..], &["--json"]].concat());
    let of = |report: &Value, part: &str| report[part].clone();
    for part in ["hash", "readings", "events", "seed", "at", "inputs", "markers"] {
        assert_eq!(of(&both["run"], part), of(&own, part), "{part}");
        assert_eq!(of(&both["against"], part), of(&other, part), "{part}");
    }
    for pair in both["readings"].as_array().unwrap() {
        let value = |side: &str| pair[side].as_f64().unwrap();
        assert_eq!(value("difference"), value("against") - value("run"), "{pair}");
    }
    let p99 = &both["readings"][1];
    assert!(p99["text"].as_str().unwrap().starts_with('-'), "least connections wait less: {p99}");

    let plain = lab(&[&against[..], &["--link"]].concat()).out;
    let row = plain.lines().find(|line| line.starts_with("p99 ")).expect("a row for p99");
    for side in ["run", "against"] {
        let text = both[side]["readings"][1]["text"].as_str().unwrap();
        assert!(row.contains(text), "{text} in {row}");
    }
    assert!(row.ends_with(p99["text"].as_str().unwrap()), "{row}");
    assert!(plain.contains("set policy = Least connections (default Round robin)"), "{plain}");

    let link = plain.lines().last().unwrap();
    assert_eq!(json(&["open", link, "--json"])[0], both, "the link holds both");
    assert!(plain.starts_with(&lab(&["open", link]).out), "and is told as the run was");
}

#[test]
fn what_a_compared_control_is_moved_to_in_the_run_does_not_count_on_the_other_side() {
    let line = ["run", "one-server", "--at", "20s", "load=1.2", "--against", "load=0.3", "--json"];
    let both = json(&line);
    assert_eq!(both["run"]["inputs"].as_array().unwrap().len(), 1);
    assert_eq!(both["against"]["inputs"].as_array().unwrap().len(), 0);
    assert_eq!(both["against"]["hash"], json(&["run", "one-server", "--set", "load=0.3", "--json"])["hash"]);
}

/// The lines of a sweep's CSV behind its head, as cells.
fn csv(line: &[&str]) -> Vec<Vec<String>> {
    let said = lab(line);
    assert_eq!(said.exit, Exit::Fine, "{}", said.err);
    let rows = said.out.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
    let rows: Vec<_> = rows.collect();
    assert_eq!(rows[0][1..], ["reading", "mean", "low", "high", "seeds"]);
    rows[1..].to_vec()
}

#[test]
fn a_sweep_gives_each_value_of_a_control_what_its_runs_come_to() {
    let line = ["sweep", "one-server", "--vary", "load=20%..80%,4", "--seeds", "3", "--csv"];
    let rows = csv(&[&line[..], &["--reading", "p99", "--reading", "busy"]].concat());
    assert_eq!(rows.len(), 8, "four values of two readings");
    let number = |cell: &String| cell.parse::<f64>().unwrap();
    let busy: Vec<&Vec<String>> = rows.iter().filter(|row| row[1] == "busy").collect();
    for (row, load) in busy.iter().zip([0.2, 0.4, 0.6, 0.8]) {
        assert_eq!((number(&row[0]), row[5].as_str()), (load, "3"));
        assert!((number(&row[2]) - load).abs() < 0.12, "{row:?}");
        assert!(number(&row[3]) <= number(&row[2]) && number(&row[2]) <= number(&row[4]), "{row:?}");
    }
    // One seed at one value is a run.
    let one =
        csv(&["sweep", "one-server", "--vary", "load=80%..90%,2", "--seeds", "1", "--seed", "7", "--csv"]);
    let run = json(&["run", "one-server", "--set", "load=0.8", "--seed", "7", "--json"]);
    let p99 = one.iter().find(|row| row[1] == "p99" && row[0] == "0.8").unwrap();
    let played = run["readings"][3]["value"].as_f64().unwrap();
    assert!((number(&p99[2]) - played).abs() < played * 1e-6, "{p99:?} {played}");
}

#[test]
fn a_sweep_replays_a_log_in_every_run() {
    let log = concat!(env!("CARGO_TARGET_TMPDIR"), "/swept.csv");
    let line = |n: u32| format!("{}.{:03},key-{}", n / 100, n % 100 * 10, n % 13);
    let lines: Vec<String> = (0..2_000).map(line).collect();
    std::fs::write(log, lines.join("\n")).unwrap();
    let line = [
        "sweep",
        "your-traffic",
        "--vary",
        "policy",
        "--seeds",
        "1",
        "--csv",
        "--reading",
        "p99",
        "--log",
        log,
    ];
    // Without arrivals from the log the run has the file and doesn't look at it.
    let (idle, busy) = (csv(&line), csv(&[&line[..], &["--set", "arrivals=replay"]].concat()));
    assert_eq!((idle.len(), busy.len()), (9, 9));
    assert_ne!(idle, busy);
}

#[test]
fn a_sweep_tries_every_option_and_prints_a_table() {
    let policies =
        csv(&["sweep", "slow-server", "--vary", "policy", "--seeds", "1", "--csv", "--reading", "p99"]);
    assert_eq!(policies.len(), 9);
    assert_eq!(policies[1][0], "least-connections");
    let table = lab(&["sweep", "slow-server", "--vary", "checks", "--seeds", "2", "--set", "load=50/s"]).out;
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 1 + 2 * 6, "off and on of six readings: {table}");
    let end = |line: &str| line.chars().count();
    assert!(lines.iter().all(|line| end(line) == end(lines[0])), "the columns stand straight: {table}");
}

#[test]
fn a_judge_says_the_verdict_in_the_lessons_words_with_a_link_to_the_first_failure() {
    let judge = ["judge", "slow-server", "keep-the-promise"];
    let reference = ["--set", "policy=peak-ewma", "--set", "workers=2", "--set", "queue=16"];
    let passed = lab(&[&judge[..], &reference].concat());
    assert_eq!(passed.exit, Exit::Fine, "{}", passed.err);
    assert!(passed.out.contains("Kept. A rule that knows"), "{}", passed.out);
    assert!(
        passed.out.contains("200 of 200 judged") && passed.out.contains("$27.2 of $28"),
        "{}",
        passed.out
    );

    let failed = lab(&[&judge[..], &["--set", "queue=80"]].concat());
    assert_eq!(failed.exit, Exit::Problems);
    assert!(failed.out.contains("A longer queue turns refusals into waiting"), "{}", failed.out);
    assert!(failed.out.contains("11 of 200 judged, 11 failed"), "{}", failed.out);
    let link = failed.out.lines().last().unwrap();
    let opened = &json(&["open", link, "--json"])[0];
    assert_eq!(opened["controls"]["queue"], 80.0);
    assert_eq!(opened["inputs"].as_array().unwrap().len(), 2, "what befalls every run is in it: {opened}");

    let said = lab(&[&judge[..], &["--json"]].concat());
    let told: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.exit, &told["passed"], &told["cost"]), (Exit::Problems, &false.into(), &26.0.into()));
    let first = &told["first"];
    assert!(first["why"].as_str().unwrap().contains("of the requests are lost"), "{first}");
    let opened = &json(&["open", first["link"].as_str().unwrap(), "--json"])[0];
    assert_eq!((&opened["seed"], &opened["at"]), (&first["seed"], &first["at"]));

    let dear = lab(&[&judge[..], &reference, &["--set", "queue=30"]].concat());
    assert_eq!(dear.exit, Exit::Problems);
    assert!(
        dear.out.contains("$30 of $28: too much") && dear.out.contains("It costs too much."),
        "{}",
        dear.out
    );
}

#[test]
fn the_run_of_a_link_is_judged_by_its_free_controls() {
    let set = ["--set", "policy=peak-ewma", "--set", "queue=16"];
    let line =
        [&["run", "slow-server", "--set", "load=10/s", "--at", "3s", "kill=A", "--json"][..], &set].concat();
    let link = json(&line)["link"].as_str().unwrap().to_owned();
    let judge = |more: &[&str]| {
        let said =
            lab(&[&["judge", "slow-server", "keep-the-promise", "--json", "--link", &link][..], more]
                .concat());
        (said.exit, serde_json::from_str::<Value>(&said.out).unwrap())
    };
    let (exit, told) = judge(&[]);
    assert_eq!(
        (exit, &told["controls"]["queue"], &told["diagnosis"]),
        (Exit::Fine, &16.0.into(), &"pass".into())
    );
    let (exit, told) = judge(&["--set", "policy=random"]);
    assert_eq!((exit, &told["diagnosis"]), (Exit::Problems, &"not-looking".into()));
}

#[test]
fn things_are_called_by_kind_and_name_or_by_name_alone() {
    let x = |line: &[&str]| {
        let full = [&["run", "two-threads", "--json"], line].concat();
        json(&full)["readings"][1]["value"].as_f64().unwrap()
    };
    let turns = |a: &str, b: &str| {
        x(&[
            "--at", "0", a, "--at", "1s", a, "--at", "2s", a, "--at", "3s", b, "--at", "4s", b, "--at", "5s",
            b,
        ])
    };
    assert_eq!(turns("step=A", "step=thread:B"), 2.0);
    assert_eq!(turns("step=thread:a", "step=b"), 2.0);
    let told = lab(&["explain", "one-server", "request:17"]);
    assert_eq!(told.exit, Exit::Fine);
    assert_eq!(told.out, lab(&["explain", "one-server", "17"]).out);
    assert_eq!(lab(&["explain", "one-server", "server"]).exit, Exit::Fine);
}

#[test]
fn an_explanation_names_the_other_party() {
    let told = json(&["explain", "one-server", "request:17", "--seed", "9", "--json"]);
    let steps = told["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 3, "arrived, served, answered: {told}");
    assert!(steps.windows(2).all(|pair| pair[0]["at"].as_f64() <= pair[1]["at"].as_f64()));
    let busy = (0..40).find_map(|n| {
        let told = json(&["explain", "one-server", &format!("request:{n}"), "--json"]);
        told["steps"][0]["party"].as_str().map(str::to_owned)
    });
    assert!(busy.expect("somebody had to wait").starts_with("request"));
}

#[test]
fn what_is_refused_says_what_is_allowed() {
    let cases: &[(&[&str], Exit, &str)] = &[
        (&["run", "one-sever"], Exit::Problems, "one-server, two-threads"),
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
        (&["run", "slow-server", "--log", "/nowhere"], Exit::Problems, "/nowhere"),
        (&["run", "one-server", "--log", "/nowhere"], Exit::Problems, "slow-server, your-traffic"),
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
        (&["sweep", "slow-server", "--vary", "arrivals"], Exit::Problems, "open a file first"),
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

#[test]
fn the_benchmark_runs_from_empty_to_empty_and_agrees_with_a_bare_loop() {
    let said = lab(&["bench", "mm1", "20000", "3"]);
    let words: Vec<&str> = said.out.split_whitespace().collect();
    let [result, events, secs, wait] = words[..] else { panic!("{}", said.out) };
    assert_eq!((result, events), ("RESULT", "40000"));
    assert!(secs.parse::<f64>().unwrap() > 0.0);
    assert!((3.0..30.0).contains(&wait.parse::<f64>().unwrap()), "{wait}");
    for (customers, seed) in [(1, 1), (2, 7), (20_000, 3)] {
        let (kernel, bare) = (bench::kernel(customers, Seed(seed)), bench::bare(customers, Seed(seed)));
        assert_eq!((kernel.events, kernel.mean_wait), (bare.events, bare.mean_wait));
        assert_eq!(kernel.events, u64::from(2 * customers));
    }
}

#[test]
fn every_message_of_the_player_has_a_shared_sentence() {
    let shared = lab::words::shared();
    let mut seen = 0;
    for folder in ["src/player", "src/desk"] {
        for file in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let source = std::fs::read_to_string(file.unwrap().path()).unwrap();
            let source = source.split("#[cfg(test)]").next().unwrap();
            for opening in ["Msg::new(\"", "base(\""] {
                for after in source.split(opening).skip(1) {
                    let id = after.split('"').next().unwrap();
                    assert!(shared.contains_key(id), "lessons/words.toml has no sentence for '{id}'");
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 15, "the player's messages are found: {seen}");
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
    #![proptest_config(ProptestConfig::with_cases(512))]
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
