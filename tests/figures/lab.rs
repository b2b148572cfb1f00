//! The terminal, command line in and text out.

mod lines;
mod sweeps;

use playground::lab::{self, Exit, bench};
use playground::lessons;
use playground::player::LOG_MESSAGES;
use playground::sim::Seed;
use serde_json::Value;
use std::path::Path;

/// What a command came to.
pub struct Said {
    pub exit: Exit,
    pub out: String,
    pub err: String,
}

/// Runs a command line of `lab`.
pub fn lab(line: &[&str]) -> Said {
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
fn an_explanation_says_who_did_what_and_why() {
    let told = json(&["explain", "one-server", "request:17", "--seed", "9", "--json"]);
    let steps = told["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 3, "arrived, served, answered: {told}");
    assert!(steps.windows(2).all(|pair| pair[0]["at"].as_f64() <= pair[1]["at"].as_f64()));
    let waited = (0..40).find_map(|n| {
        let told = json(&["explain", "one-server", &format!("request:{n}"), "--json"]);
        let step = &told["steps"][0];
        Some((step["what"].as_str()?.to_owned(), step["because"].as_str()?.to_owned()))
    });
    let (what, because) = waited.expect("somebody had to wait");
    assert!(
        what.contains("wait at the server") && because.contains("ahead of it"),
        "{what}, because {because}"
    );
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
fn only_figures_with_a_log_carry_what_is_said_of_one() {
    let shared = lab::words::shared();
    for id in LOG_MESSAGES {
        assert!(shared.contains_key(*id), "lessons/words.toml has no sentence for '{id}'");
    }
    for id in shared.keys().filter(|id| id.starts_with("log-")) {
        assert!(LOG_MESSAGES.contains(&id.as_str()), "'{id}' is no sentence of a log's");
    }
}

#[test]
fn every_message_of_the_player_has_a_shared_sentence() {
    let shared = lab::words::shared();
    let mut seen = 0;
    for folder in ["src/engine/player", "src/engine/desk"] {
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
