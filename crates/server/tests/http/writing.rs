//! What helps at writing: tasks ticked where they are read, and names offered while they are typed.

use crate::site::{Site, everywhere};
use axum::http::StatusCode;
use hardwon_core::Role;

async fn completed(site: &Site, who: &crate::site::Person, query: &str) -> Vec<String> {
    let answer = site.get(who, &format!("/complete?{query}")).await;
    assert_eq!(answer.status, StatusCode::OK);
    answer.value()["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["insert"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn a_task_is_ticked_where_it_is_read() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        let text = "# Work\n\n- [ ] fire \"the\" *kiln*\n- [x] glaze\n";
        site.follow(&ada, "/reviews", &[("title", "Kiln"), ("text", text)])
            .await;
        site.get(&ada, "/reviews/1")
            .await
            .has(r#"name="tick" value="0" role="checkbox" aria-checked="false" aria-label="fire &quot;the&quot; kiln""#)
            .has(r#"name="untick" value="1""#);
        site.get(&ben, "/reviews/1")
            .await
            .lacks("name=\"tick\"")
            .has("<input type=\"checkbox\" disabled");
        let path = "/reviews/1/tasks";
        let to = site
            .follow(&ada, path, &[("version", "1"), ("tick", "0")])
            .await;
        assert_eq!(to, "/reviews/1");
        let source = "/reviews/1/document.md";
        site.get(&ada, source)
            .await
            .has("- [x] fire")
            .has("- [x] glaze");
        // From an old page, after somebody wrote a line before it: the right line is found.
        let longer = "# Work\n\nFirst words.\n\n- [x] fire \"the\" *kiln*\n- [x] glaze\n";
        let save = [("text", longer), ("base", "2"), ("title", "")];
        site.follow(&ada, "/reviews/1/document", &save).await;
        site.follow(&ada, path, &[("version", "2"), ("untick", "1")])
            .await;
        site.get(&ada, source)
            .await
            .has("First words.")
            .has("- [x] fire")
            .has("- [ ] glaze");
        // The line itself was changed: nothing is ticked.
        let other = longer.replace("- [x] glaze", "- [ ] glaze it twice");
        let save = [("text", other.as_str()), ("base", "4"), ("title", "")];
        site.follow(&ada, "/reviews/1/document", &save).await;
        let to = site
            .follow(&ada, path, &[("version", "4"), ("tick", "1")])
            .await;
        assert_eq!(to, "/reviews/1?moved=1");
        site.get(&ada, &to).await.has("changed this task meanwhile");
        site.get(&ada, source).await.has("- [ ] glaze it twice");
        let refused = site
            .post(&ben, path, &[("version", "1"), ("tick", "0")])
            .await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    });
}

#[test]
fn names_are_offered_and_private_reviews_are_not() {
    everywhere(async |site| {
        let ada = site.person("Ada Novak", Role::Member).await;
        let ben = site.person("Ben Osei", Role::Member).await;
        let chief = site.person("Cleo Marsh", Role::Administrator).await;
        site.follow(&chief, "/teams", &[("name", "Novel Things")])
            .await;
        assert_eq!(
            completed(&site, &ben, "of=people&q=nov").await,
            ["@ada-novak", "@novel-things"]
        );
        assert_eq!(
            completed(&site, &ben, "of=people&q=ada-n").await,
            ["@ada-novak"]
        );
        assert!(completed(&site, &ben, "of=people&q=%25").await.is_empty());

        for title in ["Secret kiln", "Open kiln"] {
            site.follow(&ada, "/reviews", &[("title", title), ("text", "x")])
                .await;
        }
        site.follow(&ada, "/reviews/1/visibility", &[("visibility", "private")])
            .await;
        for (number, body) in [(1, "A secret kiln cracks"), (2, "An open KILN cools")] {
            let path = format!("/reviews/{number}/learnings");
            site.follow(&ada, &path, &[("body", body), ("applies_to", "all")])
                .await;
        }
        assert_eq!(
            completed(&site, &ada, "of=reviews&q=kiln").await.len(),
            4,
            "their writer is offered all"
        );
        let offered = completed(&site, &ben, "of=reviews&q=kiln").await;
        assert_eq!(offered, ["#2", "[learning 2](/learnings/2)"]);
        assert_eq!(completed(&site, &ben, "of=reviews&q=2").await[0], "#2");
        assert!(completed(&site, &ben, "of=reviews&q=1").await.is_empty());
    });
}
