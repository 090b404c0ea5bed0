use super::inspect::faults;
use crate::{Syntax, policy, render};

/// The folder of real proposals, where there is one.
pub fn proposals() -> Option<std::path::PathBuf> {
    let folder = std::env::var_os("CORPUS").map_or_else(
        || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus"),
        std::path::PathBuf::from,
    );
    let folder = folder.join("proposals/text");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no corpus at {}", folder.display());
    None
}

#[test]
fn real_proposals_are_safe_and_need_no_second_pass() {
    let Some(folder) = proposals() else { return };
    let mut seen = 0;
    for group in std::fs::read_dir(folder).expect("the folder can be listed") {
        let group = group.expect("the folder can be listed").path();
        // One text in four: the pass that is compared is slow without optimisation.
        let mut files: Vec<_> = std::fs::read_dir(group)
            .expect("the folder can be listed")
            .map(|file| file.expect("the folder can be listed").path())
            .filter(|path| path.extension().is_some_and(|end| end == "md"))
            .collect();
        files.sort();
        for path in files.iter().step_by(4) {
            let text = std::fs::read_to_string(path).expect("a proposal is UTF-8");
            let html = render(&text, Syntax::Markdown).html;
            assert_eq!(faults(&html), Vec::<String>::new(), "{}", path.display());
            assert!(
                policy::enforce(&html) == html,
                "the policy changes {}",
                path.display()
            );
            seen += 1;
        }
    }
    assert!(seen > 0);
}
