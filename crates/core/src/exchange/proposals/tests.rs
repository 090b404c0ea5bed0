//! Samples of each format in our own words, what the reader refuses, and that it never panics or loses a byte.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;

use super::*;

fn parsed(path: &str, text: &str) -> Proposal {
    parse(&Source {
        path,
        bytes: text.as_bytes(),
        companion: None,
    })
    .expect("a proposal")
}

fn refused(path: &str, bytes: &[u8]) -> Refusal {
    parse(&Source {
        path,
        bytes,
        companion: None,
    })
    .expect_err("a refusal")
}

/// What was read, short enough to look at.
fn show(proposal: &Proposal) -> String {
    let mut out = String::new();
    let number = proposal.number.as_deref().unwrap_or("-");
    let _ = writeln!(out, "{:?} {number} {}", proposal.format, proposal.key);
    let _ = writeln!(out, "“{}” from {:?}", proposal.title, proposal.title_from);
    for author in &proposal.authors {
        let handle = author
            .handle
            .as_ref()
            .map(|handle| format!(" @{handle}"))
            .unwrap_or_default();
        let _ = writeln!(out, "by {}{handle}", author.name);
    }
    if let Some(date) = proposal.date {
        let _ = writeln!(out, "on {date}");
    }
    if let Some(state) = &proposal.state {
        let _ = writeln!(
            out,
            "{} ({:?}) is {}",
            state.written,
            state.from,
            proposal.outcome.as_str()
        );
    }
    for relation in &proposal.relations {
        let _ = writeln!(
            out,
            "{:?} {} = {}",
            relation.kind,
            relation.written,
            relation.target.as_deref().unwrap_or("-")
        );
    }
    for section in &proposal.sections {
        let _ = writeln!(
            out,
            "{} {} [{}]",
            "#".repeat(section.level.into()),
            section.heading,
            section.kind.map_or("", SectionKind::as_str)
        );
    }
    for question in &proposal.questions {
        let _ = writeln!(out, "? {}", question.text);
    }
    out
}

#[test]
fn reads_an_rfc_with_its_feature_and_pull_request() {
    let text = "\
- Feature Name: `warm_kiln`
- Start Date: 2024-02-03
- RFC PR: [clay/rfcs#41](https://github.com/clay/rfcs/pull/41)
- Clay Issue: none yet

# Summary
[summary]: #summary

Keep kilns warm between batches.

# Motivation

Heating takes an hour.

# Drawbacks

It uses gas.

# Unresolved questions

- Who pays for the gas that is used at night?
- How warm is warm enough for stoneware, and how warm for porcelain?

  Measured so far: not at all.

[gas]: https://example.org/gas
";
    insta::assert_snapshot!(show(&parsed("rfcs/text/0041-warm-kilns.md", text)), @r"
    Rfc 41 pull:clay/rfcs#41
    “warm kilns” from FileName
    on 2024-02-03
    accepted (merged) (Merged) is go
    # Summary [goals]
    # Motivation [goals]
    # Drawbacks [costs]
    # Unresolved questions [questions]
    ? Who pays for the gas that is used at night?
    ? How warm is warm enough for stoneware, and how warm for porcelain? Measured so far: not at all.
    ");
    let unnamed = parsed("text/41.md", text);
    assert_eq!(
        (unnamed.title.as_str(), unnamed.title_from),
        ("warm kiln", TitleFrom::Feature)
    );
    let unmerged = parsed(
        "text/0000-warm-kilns.md",
        &text.replace(
            "[clay/rfcs#41](https://github.com/clay/rfcs/pull/41)",
            "(leave empty)",
        ),
    );
    assert_eq!(unmerged.outcome, Outcome::Unknown);
}

#[test]
fn reads_an_enhancement_with_its_yaml() {
    let yaml = "\
title: Glaze by weight
kep-number: 7
authors:
  - \"@ada\"
  - \"@grace\"
owning-sig: sig-glaze
status: implementable
creation-date: 2023-05-06
see-also:
  - \"/keps/sig-glaze/12-spray-booths/README.md\"
replaces:
  - \"/keps/sig-glaze/3-dip-tanks\"
superseded-by: []
";
    let text = "# KEP-7: Glaze by weight\n\n## Summary\n\nWeigh it.\n\n### Non-Goals\n\n## Design Details\n\n### Test Plan\n\n#### Can it be rolled back?\n\nYes.\n";
    let source = Source {
        path: "keps/sig-glaze/7-glaze/README.md",
        bytes: text.as_bytes(),
        companion: Some(yaml.as_bytes()),
    };
    let proposal = parse(&source).expect("a proposal");
    insta::assert_snapshot!(show(&proposal), @r"
    Kep 7 kep:7
    “Glaze by weight” from Header
    by ada @ada
    by grace @grace
    on 2023-05-06
    implementable (Header) is go
    Supersedes /keps/sig-glaze/3-dip-tanks = kep:3
    SeeAlso /keps/sig-glaze/12-spray-booths/README.md = kep:12
    # KEP-7: Glaze by weight []
    ## Summary [goals]
    ### Non-Goals [non-goals]
    ## Design Details [design]
    ### Test Plan [operability]
    #### Can it be rolled back? []
    ");
    assert_eq!(proposal.companion.as_deref(), Some(yaml));
}

#[test]
fn reads_a_pep_with_its_mail_like_header() {
    let text = "\
PEP: 9001
Title: \"cup\": a smaller mug
Author: Ada Byron <ada@example.org>,
        Grace Murray <grace@example.org>
Status: Superseded
Type: Informational
Created: 03-Feb-2020
Requires: 12, 13
Superseded-By: 9002


Abstract
========

Mugs are large.

Rejected Ideas
==============

Bowls
-----

Too wide.

Open Issues
===========

1. Should a cup have a handle on each of its two sides?
#. What becomes of the saucers that were already made?
";
    insta::assert_snapshot!(show(&parsed("peps/pep-9001.rst", text)), @r#"
    Pep 9001 pep:9001
    “"cup": a smaller mug” from Header
    by Ada Byron
    by Grace Murray
    on 2020-02-03
    Superseded (Header) is superseded
    SupersededBy 9002 = pep:9002
    Requires 12 = pep:12
    Requires 13 = pep:13
    # Abstract [goals]
    # Rejected Ideas [alternatives]
    ## Bowls []
    # Open Issues [questions]
    ? Should a cup have a handle on each of its two sides?
    ? What becomes of the saucers that were already made?
    "#);
    assert_eq!(
        parsed(
            "pep-9001.rst",
            &text.replace("Superseded\n", "Provisional\n")
        )
        .outcome,
        Outcome::Go
    );
}

#[test]
fn reads_an_eip_with_its_front_matter() {
    let text = "---\neip: 70\ntitle: Price per pot\nauthor: Ada (@ada), Grace <grace@example.org>\nstatus: Stagnant\ncreated: 2021-01-02\nrequires: 7, 8\n---\n\n## Abstract\n\nA pot has a price.\n\n## Backwards Compatibility\n\nNone.\n";
    insta::assert_snapshot!(show(&parsed("EIPS/eip-70.md", text)), @r"
    Eip 70 eip:70
    “Price per pot” from Header
    by Ada @ada
    by Grace
    on 2021-01-02
    Stagnant (Header) is rethink
    Requires 7 = eip:7
    Requires 8 = eip:8
    ## Abstract [goals]
    ## Backwards Compatibility [costs]
    ");
}

#[test]
fn reads_a_swift_proposal_with_its_list() {
    let text = "\
# Wheel `spin` both ways

* Proposal: [SE-0012](0012-wheel.md)
* Authors: [Ada Byron](https://example.org/ada), [Grace Murray](https://example.org/grace)
* Review Manager: [Linus](https://example.org/linus)
* Status: **Returned for revision**
* Previous Proposal: [SE-0003](0003-wheel.md)

## Introduction

A wheel spins.

## Alternatives considered

Two wheels.
";
    insta::assert_snapshot!(show(&parsed("proposals/0012-wheel.md", text)), @r"
    SwiftEvolution 12 se:12
    “Wheel `spin` both ways” from Heading
    by Ada Byron
    by Grace Murray
    Returned for revision (Header) is rethink
    Previous [SE-0003](0003-wheel.md) = se:3
    # Wheel spin both ways []
    ## Introduction [introduction]
    ## Alternatives considered [alternatives]
    ");
}

#[test]
fn reads_a_go_proposal_with_its_lines() {
    let text = "# Proposal: Shorter firing\n\nAuthor(s): Ada Byron, Grace Murray\n\nLast updated: July 5, 2022\n\nDiscussion at https://example.org/5.\n\n## Abstract\n\nFire it less.\n\n## Open issues (if applicable)\n\nNone.\n";
    insta::assert_snapshot!(show(&parsed("design/5-firing.md", text)), @r"
    GoProposal 5 file:design/5-firing.md
    “Shorter firing” from Heading
    by Ada Byron
    by Grace Murray
    on 2022-07-05
    # Proposal: Shorter firing []
    ## Abstract [goals]
    ## Open issues (if applicable) [questions]
    ");
}

#[test]
fn reads_decision_records() {
    let nygard = "# 14. Sell by the shelf\n\nDate: 2019-03-04\n\n## Status\n\nAccepted\n\nSuperseded by [15. Sell by the box](0015-sell-by-the-box.md)\n\n## Context\n\nShelves.\n\n## Decision\n\nSell.\n\n## Consequences\n\nMore shelves.\n";
    insta::assert_snapshot!(show(&parsed("docs/adr/0014-sell-by-the-shelf.md", nygard)), @r"
    Nygard 14 file:docs/adr/0014-sell-by-the-shelf.md
    “Sell by the shelf” from Heading
    on 2019-03-04
    Accepted; Superseded by 15. Sell by the box (Section) is superseded
    SupersededBy [15. Sell by the box](0015-sell-by-the-box.md) = file:docs/adr/0015-sell-by-the-box.md
    # 14. Sell by the shelf []
    ## Status []
    ## Context [goals]
    ## Decision [decision]
    ## Consequences [costs]
    ");
    let madr = "---\nstatus: \"rejected\"\ndate: 2024-06-07\ndeciders: Ada, Grace\n---\n# Paint by robot\n\n## Context and Problem Statement\n\nPaint.\n\n## Considered Options\n\n* by hand\n\n## Decision Outcome\n\nBy hand.\n";
    insta::assert_snapshot!(show(&parsed("docs/decisions/0003-paint.md", madr)), @r"
    Madr 3 file:docs/decisions/0003-paint.md
    “Paint by robot” from Heading
    by Ada
    by Grace
    on 2024-06-07
    rejected (Header) is stop
    # Paint by robot []
    ## Context and Problem Statement [goals]
    ## Considered Options [alternatives]
    ## Decision Outcome [decision]
    ");
}

#[test]
fn reads_front_matter_that_is_not_quite_yaml_and_toml_and_asciidoc() {
    let rfd = "---\nauthors: Ada <ada@example.org> Grace <grace@example.org>\nstate: publish\n---\n\n<!-- a licence -->\n\n# RFD 3 Racks for drying\n\n## Problem statement\n\nWet.\n";
    let proposal = parsed("rfd/0003/README.md", rfd);
    assert_eq!(
        (
            proposal.title.as_str(),
            proposal.outcome,
            proposal.authors.len()
        ),
        ("Racks for drying", Outcome::Go, 2)
    );
    assert_eq!(proposal.number.as_deref(), Some("3"));

    let loose = "---\nfeature: dry-fast\nstart-date: 2020-01-01\nauthor: @ada\nnote: a: b\n---\n\n# Summary\n\nDry.\n\n# Design\n\nFast.\n";
    let proposal = parsed("rfcs/0008-x.md", loose);
    assert_eq!(
        (proposal.title.as_str(), proposal.outcome),
        ("dry fast", Outcome::Go)
    );
    assert_eq!(proposal.authors[0].handle.as_deref(), Some("ada"));

    let toml = "+++\ntitle = \"Racks\"\ndate = 2020-01-02\nstate = \"draft\"\n+++\n\nText.\n";
    let proposal = parsed("a/racks.md", toml);
    assert_eq!(
        (proposal.title.as_str(), proposal.outcome),
        ("Racks", Outcome::Open)
    );
    assert_eq!(
        proposal.date.map(|date| date.to_string()).as_deref(),
        Some("2020-01-02")
    );

    let adoc = "= RFD 9 Crates\n:author: Ada\n:state: abandoned\n\n== Motivation\n\n----\n== not a heading\n----\n\n=== See also [[also]]\n";
    let proposal = parsed("rfd/0009/README.adoc", adoc);
    assert_eq!(
        (
            proposal.title.as_str(),
            proposal.outcome,
            proposal.sections.len()
        ),
        ("Crates", Outcome::Stop, 3)
    );

    let table = "| feature | wide-doors |\n| --- | --- |\n| start-date | 2021-02-03 |\n| author | Ada (@ada) |\n\n# Summary\n\nDoors.\n\n# Drawbacks\n";
    let proposal = parsed("rfcs/9.md", table);
    assert_eq!(
        (proposal.title.as_str(), proposal.format),
        ("wide doors", Format::Rfc)
    );
}

#[test]
fn takes_the_first_sentence_for_a_title_only_when_nothing_else_is_there() {
    let text = "- Start Date: 2014-01-02\n- RFC PR: https://github.com/clay/rfcs/pull/3\n\n## Summary\n\nLet potters [choose](x) their own\nwheel. It helps.\n\n## Motivation\n\nX.\n";
    let proposal = parsed("text/3.md", text);
    assert_eq!(
        (proposal.title.as_str(), proposal.title_from),
        ("Let potters choose their own wheel", TitleFrom::Sentence)
    );
}

#[test]
fn maps_the_words_of_states() {
    let check =
        |written: &str, outcome: Outcome| assert_eq!(outcome_of(written), outcome, "{written}");
    check("✅ Accepted", Outcome::Go);
    check("Implemented (2.1), in review before", Outcome::Go);
    check("Partially implemented", Outcome::Go);
    check("Active", Outcome::Go);
    check("Active review (May 1...9)", Outcome::Open);
    check("In Review.", Outcome::Open);
    check("Rejected in favour of another", Outcome::Stop);
    check("to_be_deleted", Outcome::Stop);
    check("Deferred until accepted", Outcome::Rethink);
    check("Accepted, later superseded", Outcome::Superseded);
    check("Unacceptedly vague", Outcome::Unknown);
    check("{Proposed|Accepted|Rejected}", Outcome::Unknown);
    check("", Outcome::Unknown);
}

#[test]
fn names_sections_by_their_headings() {
    let check = |heading: &str, kind: Option<SectionKind>| {
        assert_eq!(section_kind(heading), kind, "{heading}");
    };
    check("1. Motivation", Some(SectionKind::Goals));
    check("**Abstract**", Some(SectionKind::Goals));
    check("Abstract syntax trees", None);
    check("Context managers", None);
    check("Context & background", Some(SectionKind::Goals));
    check("Goals and non-goals", Some(SectionKind::NonGoals));
    check(
        "Rationale and alternatives",
        Some(SectionKind::Alternatives),
    );
    check("Why not buy one?", Some(SectionKind::Alternatives));
    check("Reference implementation", Some(SectionKind::Design));
    check("References", Some(SectionKind::PriorArt));
    check("Concurrency interoperability", None);
    check(
        "Upgrade / Downgrade Strategy",
        Some(SectionKind::Operability),
    );
    check("How can a rollout fail?", None);
    check("Appendix A. Costs", Some(SectionKind::Costs));
    check("Frequently asked questions", None);
    check("Open Questions:", Some(SectionKind::Questions));
}

#[test]
fn takes_questions_one_by_one() {
    let text = "\
# Shelf

## Open questions

### Height

How high may a shelf be before nobody reaches it?

```
| shelf |
```

* Who sweeps the floor below it, and how often in a week?
   * And who sweeps above it, where nobody looks at all?
     * Not with a broom, in any case.

<!-- hidden from readers, and no question of anybody -->

### TBD

## Resolved questions

- Is this one over already?
";
    insta::assert_snapshot!(show(&parsed("x/shelf.md", text)), @r"
    Generic - file:x/shelf.md
    “Shelf” from Heading
    # Shelf []
    ## Open questions [questions]
    ### Height []
    ### TBD []
    ## Resolved questions []
    ? Height How high may a shelf be before nobody reaches it?
    ? Who sweeps the floor below it, and how often in a week?
    ? And who sweeps above it, where nobody looks at all? * Not with a broom, in any case.
    ");
    let proposal = parsed("x/shelf.md", text);
    assert!(
        text[proposal.questions[1].start..proposal.questions[1].end].starts_with("* Who sweeps")
    );
}

#[test]
fn refuses_with_a_reason() {
    assert_eq!(refused("a.md", b" \n\t"), Refusal::Empty);
    assert_eq!(refused("a.md", b"# a\0"), Refusal::Binary(3));
    assert_eq!(
        refused("a.md", b"# T\n\nna\xefve"),
        Refusal::NotUtf8 { line: 3, offset: 7 }
    );
    assert_eq!(refused("a.pdf", b"# T"), Refusal::UnknownKind);
    assert_eq!(
        refused("adr/README.md", b"# Decisions\n\n- [1](1.md)\n"),
        Refusal::NotAProposal(NotAProposal::Index)
    );
    assert_eq!(
        refused("adr/template.md", b"# Title\n"),
        Refusal::NotAProposal(NotAProposal::Template)
    );
    assert_eq!(
        refused("rfcs/0000-template.md", b"- Start Date: (fill me in)\n"),
        Refusal::NotAProposal(NotAProposal::Template)
    );
    assert_eq!(
        refused("x/CONTRIBUTING.md", b"# How to\n"),
        Refusal::NotAProposal(NotAProposal::HousePaper)
    );
    assert_eq!(
        refused("x/requirements.txt", b"clay\nglaze\n"),
        Refusal::NotAProposal(NotAProposal::PlainText)
    );
    assert_eq!(
        refused("x/-.md", b"---\nstate: draft\n---\n***\n"),
        Refusal::NoTitle
    );
    assert_eq!(
        refused("x/SECURITY.md", b"# Tell us\n"),
        Refusal::NotAProposal(NotAProposal::HousePaper)
    );
    parsed("x/security.md", "# Locks on doors\n");
    parsed("adr/0007-template-engine.md", "# 7. Template engine\n");
    parsed("adr/mail-template.md", "# Letters from a template\n");
    parsed("rfd/0012/README.md", "# Shelves\n");
}

/// A folder of its own below the system's temporary one, gone when the test is over.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("hardwon-proposals-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a temporary folder");
        Self(fs::canonicalize(path).expect("it was just made"))
    }

    fn with(self, path: &str, bytes: impl AsRef<[u8]>) -> Self {
        let file = self.0.join(path);
        fs::create_dir_all(file.parent().expect("it is below the folder")).expect("a folder");
        fs::write(file, bytes).expect("a file");
        self
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn summary(reading: &Reading, folder: &Folder) -> String {
    let name = folder
        .0
        .file_name()
        .expect("it has one")
        .to_string_lossy()
        .into_owned();
    let mut out = String::new();
    for proposal in &reading.proposals {
        let _ = writeln!(
            out,
            "{} {} {}",
            proposal.key,
            proposal.title,
            proposal.outcome.as_str()
        );
    }
    for refused in &reading.refused {
        let _ = writeln!(out, "{}: {}", refused.path, refused.reason);
    }
    let _ = writeln!(
        out,
        "{} read, {} passed over",
        reading.read, reading.passed_over
    );
    out.replace(&name, "rfcs")
}

#[test]
fn reads_a_folder_and_lets_no_file_hide_another() {
    let folder = Folder::new("folder")
        .with("README.md", "# The process\n")
        .with(
            "1.md",
            "# Kiln\n\n- RFC PR: https://github.com/clay/rfcs/pull/1\n\n## Summary\n",
        )
        .with(
            "2.md",
            "# Wheel\n\n- RFC PR: https://github.com/clay/rfcs/pull/2\n\n## Summary\n",
        )
        .with("3.md", "# Glaze\n\n## Summary\n\nNo header.\n")
        .with("4.md", [0xff, 0xfe])
        .with("5/README.md", "# Clay\n")
        .with(
            "5/kep.yaml",
            "title: Clay\nkep-number: 5\nstatus: provisional\n",
        )
        .with("6/kep.yaml", "title: Lost\n")
        .with(
            "a/pep-7.txt",
            "PEP: 7\nTitle: Mud\nStatus: Draft\n\nText.\n",
        )
        .with(
            "b/pep-0007.rst",
            "PEP: 7\nTitle: Mud again\nStatus: Final\n\nText.\n",
        )
        .with("picture.png", "x")
        .with(".git-like/8.md", "# Hidden\n");
    let limits = Limits {
        bytes: 1000,
        ..Limits::default()
    };
    let folder = folder.with("9.md", "# Long\n".repeat(200));
    let reading = read(std::slice::from_ref(&folder.0), &limits);
    insta::assert_snapshot!(summary(&reading, &folder), @r"
    pull:clay/rfcs#1 Kiln go
    pull:clay/rfcs#2 Wheel go
    file:rfcs/3.md Glaze go
    kep:5 Clay open
    pep:7 Mud open
    file:rfcs/b/pep-0007.rst Mud again go
    rfcs/4.md: it is not UTF-8: line 1, offset 0 of the file
    rfcs/6/kep.yaml: it says it is the enhancement 6, whose README.md is missing
    rfcs/9.md: it is larger than 1000 bytes: 1400
    rfcs/README.md: it is a folder's index or introduction, not a proposal
    10 read, 1 passed over
    ");
    let again = read(&[folder.0.join("3.md")], &limits);
    assert_eq!(again.proposals[0].key, reading.proposals[2].key);
    let alone = read(
        &[
            folder.0.join("5/README.md"),
            folder.0.join("gone.md"),
            folder.0.join("picture.png"),
        ],
        &limits,
    );
    assert_eq!(alone.proposals[0].outcome, Outcome::Open);
    assert_eq!(alone.refused.len(), 2);
}

#[test]
fn a_byte_order_mark_is_no_part_of_a_title() {
    let folder = Folder::new("mark").with("1.md", "\u{feff}# One\r\n\r\nText.\r\n");
    let reading = read(std::slice::from_ref(&folder.0), &Limits::default());
    assert_eq!(reading.proposals[0].title, "One");
}

#[cfg(unix)]
#[test]
fn follows_no_link_out_and_no_circle() {
    let outside = Folder::new("outside").with("secret.md", "# Secret\n");
    let folder = Folder::new("links").with("a/1.md", "# One\n");
    std::os::unix::fs::symlink(outside.0.join("secret.md"), folder.0.join("out.md"))
        .expect("a link");
    std::os::unix::fs::symlink(&folder.0, folder.0.join("a/round")).expect("a link");
    std::os::unix::fs::symlink(folder.0.join("nowhere"), folder.0.join("gone.md")).expect("a link");
    let reading = read(std::slice::from_ref(&folder.0), &Limits::default());
    let titles: Vec<&str> = reading
        .proposals
        .iter()
        .map(|proposal| proposal.title.as_str())
        .collect();
    assert_eq!(titles, ["One"]);
    assert!(
        reading
            .refused
            .iter()
            .any(|refused| refused.reason == Refusal::LeadsOut)
    );

    let few = read(
        std::slice::from_ref(&folder.0),
        &Limits {
            depth: 0,
            ..Limits::default()
        },
    );
    assert!(
        few.refused
            .iter()
            .any(|refused| refused.reason == Refusal::TooDeep(0))
    );
    let none = read(
        std::slice::from_ref(&folder.0),
        &Limits {
            files: 0,
            ..Limits::default()
        },
    );
    assert!(
        none.refused
            .iter()
            .any(|refused| refused.reason == Refusal::TooMany(0))
    );
}

/// Lines that the reader looks at, in any order, with any characters between.
fn texts() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just("---".to_owned()),
        Just("+++".to_owned()),
        Just("```".to_owned()),
        Just("====".to_owned()),
        Just("PEP: 1".to_owned()),
        Just("Status: İKKep-7".to_owned()),
        Just("## Open questions".to_owned()),
        Just("  - RFC PR: [a](b".to_owned()),
        Just("* Requires: [x](../../../y.md), 3".to_owned()),
        "#{1,7} ?.{0,12}",
        "(KEP|Adr|Kep|RFC PR|title|state)[-: ]?[0-9]{0,9}.{0,8}",
        "[|:*\\-+ ]{0,5}.{0,20}",
        ".{0,40}",
    ];
    proptest::collection::vec(line, 0..30).prop_map(|lines| lines.join("\n"))
}

proptest! {
    #[test]
    fn never_panics_and_keeps_every_byte(text in texts(), yaml in proptest::option::of(texts()), ending in "(md|rst|adoc|txt)") {
        let path = format!("a/b/12-c.{ending}");
        let source = Source { path: &path, bytes: text.as_bytes(), companion: yaml.as_deref().map(str::as_bytes) };
        if let Ok(proposal) = parse(&source) {
            // A byte-order mark is no part of the text.
            let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
            prop_assert_eq!(&proposal.text, text);
            prop_assert!(!proposal.title.trim().is_empty());
            for section in &proposal.sections {
                prop_assert!(text.get(section.start..section.body_start).is_some());
                prop_assert!(text.get(section.body_start..section.end).is_some());
            }
            for question in &proposal.questions {
                prop_assert!(text.get(question.start..question.end).is_some());
            }
        }
    }

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = parse(&Source { path: "x.md", bytes: &bytes, companion: Some(&bytes) });
    }
}
