//! Runs by the hundred: sweeps and judges.

use super::{json, lab};
use playground::lab::Exit;
use serde_json::Value;

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
    assert!(passed.out.contains("Kept. A policy that knows"), "{}", passed.out);
    assert!(
        passed.out.contains("200 of 200 judged") && passed.out.contains("$27.20 of $28"),
        "{}",
        passed.out
    );

    let failed = lab(&[&judge[..], &["--set", "queue=80"]].concat());
    assert_eq!(failed.exit, Exit::Problems);
    assert!(failed.out.contains("A longer queue only delays refusals"), "{}", failed.out);
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
