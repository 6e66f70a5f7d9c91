//! Identity providers that issue tokens to anybody who has an account with them, and the claim that tells whose a token
//! is.
//!
//! Sources: IAM User Guide, "Available keys for AWS OIDC federation" and "Configuring a role for GitHub OIDC identity
//! provider"; the providers' own pages on the claims of their tokens (GitHub Actions, GitLab.com, HCP Terraform, Google),
//! 2026.

/// An identity provider that many customers share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedProvider {
    /// Its host, with the path, as ARNs and condition keys name it.
    pub host: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// The subject of a token of somebody else, up to what that one chooses freely.
    pub foreign_subject: &'static str,
    /// Those of these claims that tokens may do without.
    pub optional_claims: &'static [&'static str],
    /// Where subjects begin with the name of an owner, which anybody may choose who comes first.
    pub owners: Option<Owners>,
    /// Further claims that tell whose a token is, each with a value that somebody else's token has.
    pub foreign_claims: &'static [(&'static str, &'static str)],
    /// Whom it lets in where nothing limits it.
    pub anybody: &'static str,
}

/// How the owner stands in a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owners {
    /// The name of somebody else, as [`SharedProvider::foreign_subject`] and [`SharedProvider::foreign_claims`] have it.
    pub another: &'static str,
    /// What stands before the name in a subject (`repo:`).
    pub before: &'static str,
    /// The characters of names beside ASCII letters and digits.
    pub signs: &'static str,
    /// Those whose tokens name an owner, up to what the name is like.
    pub anybody: &'static str,
}

/// The shared providers, by host.
pub const SHARED_PROVIDERS: &[SharedProvider] = &[
    SharedProvider {
        host: "accounts.google.com",
        name: "Google",
        foreign_subject: "another-subject",
        optional_claims: &["email", "google/organization_number"],
        owners: None,
        foreign_claims: &[
            ("aud", "another-client.apps.googleusercontent.com"),
            ("email", "another@example.com"),
            ("google/organization_number", "1"),
            ("oaud", "another-audience"),
        ],
        anybody: "everybody with a Google account",
    },
    SharedProvider {
        host: "app.terraform.io",
        name: "HCP Terraform",
        foreign_subject: "organization:another-organization:",
        optional_claims: &[],
        owners: Some(Owners {
            another: "another-organization",
            before: "organization:",
            signs: "-_",
            anybody: "runs of every organization of HCP Terraform with a name like",
        }),
        foreign_claims: &[
            ("terraform_organization_id", "org-another"),
            ("terraform_project_id", "prj-another"),
            ("terraform_workspace_id", "ws-another"),
        ],
        anybody: "runs of every organization of HCP Terraform",
    },
    SharedProvider {
        host: "gitlab.com",
        name: "GitLab",
        foreign_subject: "project_path:another-group/",
        optional_claims: &[],
        owners: Some(Owners {
            another: "another-group",
            before: "project_path:",
            signs: "-_.",
            anybody: "jobs of every group of GitLab.com with a path like",
        }),
        foreign_claims: &[],
        anybody: "jobs of every project of GitLab.com",
    },
    SharedProvider {
        host: "token.actions.githubusercontent.com",
        name: "GitHub Actions",
        foreign_subject: "repo:another-owner/",
        optional_claims: &["enterprise", "enterprise_id"],
        owners: Some(Owners {
            another: "another-owner",
            before: "repo:",
            signs: "-",
            anybody: "workflows of every owner on GitHub with a name like",
        }),
        foreign_claims: &[
            ("actor", "another-actor"),
            ("actor_id", "1"),
            ("enterprise", "another-enterprise"),
            ("enterprise_id", "1"),
            ("job_workflow_ref", "another-owner/another-repository/.github/workflows/x.yml@refs/heads/main"),
            ("repository", "another-owner/another-repository"),
            ("repository_id", "1"),
            ("repository_owner", "another-owner"),
            ("repository_owner_id", "1"),
        ],
        anybody: "workflows of every repository of GitHub",
    },
];

/// The shared provider that an ARN (`arn:aws:iam::123456789012:oidc-provider/HOST`) or a name stands for.
pub fn shared(provider: &str) -> Option<&'static SharedProvider> {
    let host = provider.split_once(":oidc-provider/").map_or(provider, |(_, host)| host);
    SHARED_PROVIDERS.iter().find(|shared| shared.host == host)
}

impl SharedProvider {
    /// What names of owners are like that a pattern of a claim lets in (`acme*` of the `sub` `repo:acme*`), where others
    /// than one have such a name.
    pub fn owners_like<'p>(&self, claim: &str, pattern: &'p str) -> Option<&'p str> {
        let owners = self.owners?;
        let has_owner = |(known, value): &(&str, &str)| *known == claim && value.starts_with(owners.another);
        let name = match claim {
            "sub" => pattern.strip_prefix(owners.before)?,
            _ if self.foreign_claims.iter().any(has_owner) => pattern,
            _ => return None,
        };
        let is_of_names = |c: char| c.is_ascii_alphanumeric() || owners.signs.contains(c);
        let end = name.find(|c: char| !is_of_names(c) && !matches!(c, '*' | '?')).unwrap_or(name.len());
        let (like, rest) = name.split_at_checked(end)?;
        let is_open = like.contains(['*', '?']) && like.contains(is_of_names);
        (is_open && (rest.is_empty() || rest.starts_with(['/', ':']))).then_some(like)
    }
}

impl Owners {
    /// A name of somebody else that is like this.
    pub fn namesake(&self, like: &str) -> String {
        like.replace('*', self.another).replace('?', "x")
    }
}

#[cfg(test)]
mod tests {
    use super::{SHARED_PROVIDERS, shared};

    #[test]
    fn patterns_that_do_not_end_the_owner() {
        let github = shared("token.actions.githubusercontent.com").unwrap();
        assert_eq!(github.owners_like("sub", "repo:acme*"), Some("acme*"));
        assert_eq!(github.owners_like("sub", "repo:acme-*/infrastructure:*"), Some("acme-*"));
        assert_eq!(github.owners_like("repository_owner", "acme*"), Some("acme*"));
        assert_eq!(github.owners_like("sub", "repo:a?me/infra:*"), Some("a?me"));
        assert_eq!(github.owners_like("actor", "acme*"), None);
        for other in [
            "repo:acme/*",
            "repo:*",
            "repo:acme/a:ref:refs/heads/main",
            "*",
            "repo:acme@*/a:*",
            "repo:acme*@1/a:*",
        ] {
            assert_eq!(github.owners_like("sub", other), None, "{other}");
        }
        let gitlab = shared("gitlab.com").unwrap();
        assert_eq!(gitlab.owners_like("sub", "project_path:acme.team*"), Some("acme.team*"));
        assert_eq!(gitlab.owners_like("sub", "project_path:acme/*"), None);
        let terraform = shared("app.terraform.io").unwrap();
        assert_eq!(terraform.owners_like("sub", "organization:acme*:project:*"), Some("acme*"));
        assert_eq!(terraform.owners_like("sub", "organization:acme:*"), None);
    }

    #[test]
    fn what_is_foreign_names_the_other_owner() {
        for shared in SHARED_PROVIDERS {
            if let Some(owners) = shared.owners {
                let subject = format!("{}{}", owners.before, owners.another);
                assert!(shared.foreign_subject.starts_with(&subject), "{}", shared.name);
            }
        }
    }

    #[test]
    fn providers_are_found_by_arn_and_by_name() {
        assert!(SHARED_PROVIDERS.is_sorted_by_key(|provider| provider.host));
        let arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com";
        assert_eq!(shared(arn).map(|provider| provider.name), Some("GitHub Actions"));
        assert_eq!(shared("accounts.google.com").map(|provider| provider.name), Some("Google"));
        assert_eq!(
            shared("arn:aws:iam::123456789012:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/A"),
            None
        );
    }
}
