//! What other implementations signed (`provider_answers.py`): it is accepted as it is, and not
//! with any bit of it changed, not with another secret, not too late and not too early.

use serde_json::Value;

use super::*;

struct Case {
    value: Value,
    request: Received,
}

impl Case {
    fn all() -> Vec<Self> {
        let all: Vec<Value> =
            serde_json::from_str(include_str!("../provider_answers.json")).unwrap();
        all.into_iter().map(Self::new).collect()
    }

    fn new(value: Value) -> Self {
        let text = |name: &str| value[name].as_str().unwrap().to_owned();
        let headers = value["headers"].as_object().unwrap().iter();
        let request = Received {
            method: text("method"),
            url: text("url"),
            headers: headers
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().into()))
                .collect(),
            body: text("body").into_bytes(),
        };
        Self { value, request }
    }

    fn text(&self, name: &str) -> &str {
        self.value[name].as_str().unwrap()
    }

    fn texts(&self, name: &str) -> impl Iterator<Item = &str> {
        let list = self.value[name].as_array().unwrap().iter();
        list.map(|entry| entry.as_str().unwrap())
    }

    fn now(&self) -> i64 {
        self.value["now"].as_i64().unwrap()
    }

    fn provider(&self) -> Option<Provider> {
        self.value["scheme"]
            .as_str()
            .map(|name| Provider::from_name(name).unwrap())
    }

    fn scheme(&self) -> Scheme {
        if let Some(provider) = self.provider() {
            return Scheme::Provider(provider);
        }
        let scheme = &self.value["scheme"];
        let text = |name: &str| scheme[name].as_str().map(str::to_owned);
        Scheme::Generic(GenericScheme {
            header: text("header").unwrap(),
            prefix: text("prefix").unwrap(),
            encoding: GenericEncoding::from_name(&text("encoding").unwrap()).unwrap(),
            algorithm: GenericAlgorithm::from_name(&text("algorithm").unwrap()).unwrap(),
            timestamp_header: text("timestamp_header"),
            template: text("template"),
            tolerance_seconds: scheme["tolerance_seconds"].as_u64().unwrap() as u32,
        })
    }

    fn verifier(&self, secrets: &[&str]) -> ProviderVerifier {
        ProviderVerifier::new(self.scheme(), secrets).unwrap()
    }

    fn own_verifier(&self) -> ProviderVerifier {
        self.verifier(&[self.text("secret")])
    }
}

#[test]
fn every_provider_has_an_answer() {
    let cases = Case::all();
    for provider in Provider::ALL {
        assert!(
            cases.iter().any(|case| case.provider() == Some(provider)),
            "{provider}"
        );
    }
}

#[test]
fn accepts_what_others_signed() {
    for case in Case::all() {
        let result = case.request.verify(&case.own_verifier(), case.now());
        assert_eq!(result, Ok(()), "{}", case.text("name"));
    }
}

#[test]
fn any_one_of_several_secrets_is_enough() {
    for case in Case::all() {
        let (own, other) = (case.text("secret"), case.text("other_secret"));
        for (secrets, accepted) in [
            (&[own, other][..], true),
            (&[other, own], true),
            (&[other], false),
        ] {
            let result = case.request.verify(&case.verifier(secrets), case.now());
            let name = case.text("name");
            assert_eq!(result.is_ok(), accepted, "{name}: {result:?}");
            if !accepted {
                assert_eq!(result, Err(ProviderError::NoMatch), "{name}");
            }
        }
    }
}

#[test]
fn no_bit_of_a_signature_may_change() {
    for case in Case::all() {
        let verifier = case.own_verifier();
        for header in case.texts("signature") {
            for at in 0..case.request.headers[header].len() {
                let mut changed = case.request.clone();
                // The lowest bit: another one may only turn a hexadecimal digit's case.
                changed.headers.get_mut(header).unwrap()[at] ^= 1;
                let result = changed.verify(&verifier, case.now());
                assert!(result.is_err(), "{}: {header} at {at}", case.text("name"));
            }
            let mut without = case.request.clone();
            without.headers.remove(header);
            let result = without.verify(&verifier, case.now());
            let Err(ProviderError::MissingHeader(missing)) = &result else {
                panic!("{}: {header}: {result:?}", case.text("name"));
            };
            // Of a header with two names the more usual one is said.
            let ending = header.split_once('-').unwrap().1;
            assert!(missing.ends_with(ending), "{header}: {missing}");
        }
    }
}

#[test]
fn no_bit_of_a_covered_body_may_change() {
    for case in Case::all() {
        let verifier = case.own_verifier();
        for covered in case.texts("covered") {
            let start = case.text("body").find(covered).unwrap();
            for at in start..start + covered.len() {
                let mut changed = case.request.clone();
                changed.body[at] ^= 1;
                let result = changed.verify(&verifier, case.now());
                assert!(result.is_err(), "{} at {at}", case.text("name"));
            }
        }
        if case.texts("covered").next() == Some(case.text("body")) {
            let mut emptied = case.request.clone();
            emptied.body.clear();
            assert!(emptied.verify(&verifier, case.now()).is_err());
        }
    }
}

#[test]
fn the_url_counts_where_it_is_signed() {
    let signed = [Provider::Twilio, Provider::Square, Provider::HubSpot];
    for case in Case::all() {
        let mut elsewhere = case.request.clone();
        elsewhere.url.push('x');
        let result = elsewhere.verify(&case.own_verifier(), case.now());
        let is_signed = case.provider().is_some_and(|it| signed.contains(&it))
            || case.value["scheme"]["template"].as_str().is_some();
        assert_eq!(result.is_err(), is_signed, "{}", case.text("name"));
    }
}

#[test]
fn what_is_too_old_or_too_new_is_refused_to_the_second() {
    for case in Case::all() {
        let verifier = case.own_verifier();
        let at = |now: i64| case.request.verify(&verifier, now);
        let name = case.text("name");
        let Some(past_max) = case.value["past_max_seconds"].as_i64() else {
            assert_eq!(at(case.now() + 1_000_000_000), Ok(()), "{name}");
            continue;
        };
        let future_max = case.value["future_max_seconds"].as_i64().unwrap();
        let now = case.now();
        assert_eq!(at(now + past_max), Ok(()), "{name}");
        assert_eq!(at(now - future_max), Ok(()), "{name}");
        let late = at(now + past_max + 1);
        assert_eq!(late, Err(ProviderError::TooOld { by_seconds: 1 }), "{name}");
        let early = at(now - future_max - 2);
        assert_eq!(
            early,
            Err(ProviderError::TooNew { by_seconds: 2 }),
            "{name}"
        );
    }
}

#[test]
fn ids_and_events_are_found() {
    for case in Case::all() {
        let provider = case.provider();
        let id = provider.and_then(|it| case.request.with(|request| delivery_id(it, request)));
        let event = case.request.with(|request| event_type(provider, request));
        let name = case.text("name");
        assert_eq!(id.as_deref(), case.value["delivery_id"].as_str(), "{name}");
        assert_eq!(
            event.as_deref(),
            case.value["event_type"].as_str(),
            "{name}"
        );
    }
}

/// One provider's signature is good for another one only where both have the same scheme.
#[test]
fn providers_do_not_accept_each_other() {
    const STANDARD: [Provider; 3] = [Provider::StandardWebhooks, Provider::Svix, Provider::GitLab];
    const HUB: [Provider; 2] = [Provider::GitHub, Provider::Meta];
    for case in Case::all() {
        let headers = &case.request.headers;
        let is_standard = ["webhook-signature", "svix-signature"]
            .iter()
            .any(|name| headers.contains_key(*name));
        for other in Provider::ALL {
            let secret = [case.text("secret")];
            let Ok(verifier) = ProviderVerifier::new(Scheme::Provider(other), secret) else {
                continue;
            };
            let accepted = case.request.verify(&verifier, case.now()).is_ok();
            let is_same = case.provider().is_some_and(|own| {
                own == other
                    || is_standard && STANDARD.contains(&other)
                    || HUB.contains(&own) && HUB.contains(&other)
            });
            assert!(!accepted || is_same, "{} as {other}", case.text("name"));
        }
    }
}
