# ruff: noqa: E501
"""
Labelled cases of programs that verify signatures: what each proves with which options.

What a program does with them was run where Debian has it (gpg 2.2, minisign, signify, rpm 4.18, OpenSSL 3.0), else read
in its manual (cosign, gh, slsa-verifier).
"""

from __future__ import annotations

from tests.formats.shell.cases import Case, F, H, U

GET = f"set -e\ncurl -o t.tgz {U}\n"
RPM = "set -e\ncurl -o t.rpm https://cdn.example/t.rpm\n"
RUN = "tar xf t.tgz\n"
KEY = "curl -o k.pub https://cdn.example/k.pub\n"
ID = "--certificate-identity a@b.example --certificate-oidc-issuer https://id.example"
ANY = "--certificate-oidc-issuer-regexp '.*' --certificate-identity-regexp"

OF_COSIGN = [
    Case("cosign, key, no log", f"{GET}cosign verify-blob --insecure-ignore-tlog --key k.pub --signature t.sig t.tgz\n{RUN}", ["signed"], "a key needs no time"),
    Case("cosign, hardware key", f"{GET}cosign verify-blob --sk --signature t.sig t.tgz\n{RUN}", ["signed"], "a key, too"),
    Case("cosign, identity, no log", f"{GET}cosign verify-blob --insecure-ignore-tlog {ID} --bundle t.bundle t.tgz\n{RUN}", ["unpinned"], "nobody says when it was signed"),
    Case("cosign, identity, private", f"{GET}cosign verify-blob --private-infrastructure=true {ID} --bundle t.bundle t.tgz\n{RUN}", ["unpinned"], "the same"),
    Case("cosign, identity, no log, as it was called", f"{GET}cosign verify-blob --insecure-skip-tlog-verify {ID} --bundle t.bundle t.tgz\n{RUN}", ["unpinned"], "the same"),
    Case("cosign, identity, log not ignored", f"{GET}cosign verify-blob --insecure-ignore-tlog=false {ID} --bundle t.bundle t.tgz\n{RUN}", ["signed"], "the log is asked for"),
    Case("cosign, identity, no log, own roots", f"{GET}cosign verify-blob --insecure-ignore-tlog --ca-roots r.pem {ID} --signature t.sig --certificate t.pem t.tgz\n{RUN}", ["signed"], "certificates of one's own authority"),
    Case("cosign, identity, no log, timestamp", f"{GET}cosign verify-blob --insecure-ignore-tlog --rfc3161-timestamp t.tsr --timestamp-certificate-chain r.pem {ID} --bundle t.bundle t.tgz\n{RUN}", ["signed"], "the timestamp says when"),
    Case("cosign, no certificate log", f"{GET}cosign verify-blob --insecure-ignore-sct {ID} --bundle t.bundle t.tgz\n{RUN}", ["signed"], "the signature is still somebody's; the switch is a finding of its own"),
    Case("cosign, half an identity", f"{GET}cosign verify-blob --certificate-identity a@b.example --bundle t.bundle t.tgz\n{RUN}", ["unpinned"], "who vouches for it is not asked"),
    Case("cosign, the other half", f"{GET}cosign verify-blob --certificate-oidc-issuer https://id.example --bundle t.bundle t.tgz\n{RUN}", ["unpinned"], "anybody there"),
    *[
        Case(f"cosign, anybody: {text}", f"{GET}cosign verify-blob {ANY} '{text}' --bundle t.bundle t.tgz\n{RUN}", ["unpinned"], "fits every signer")
        for text in (".*", ".+", "^.*$", ".", "", "^https://github.com/.*", r"^https://github\.com/", "https://.*", r"^https://gitlab\.com/.+$", r"\S+", r"^https://github.com/[^/]+/[^/]+")
    ],
    *[
        Case(f"cosign, somebody: {text}", f"{GET}cosign verify-blob {ANY} '{text}' --bundle t.bundle t.tgz\n{RUN}", ["signed"], "an owner is named")
        for text in ("^https://github.com/o/.*", r"^https://github\.com/o/r/\.github/workflows/.+", "a@b\\.example")
    ],
    Case("cosign, key from the same place", f"{GET}{KEY}cosign verify-blob --key k.pub --signature t.sig t.tgz\n{RUN}", ["signed", "key:unpinned"], "the key is anybody's"),
    Case("cosign, key by URL", f"{GET}cosign verify-blob --key https://cdn.example/k.pub --signature t.sig t.tgz\n{RUN}", ["signed", "key:unpinned"], "cosign fetches it"),
    Case("cosign, checked key", f"{GET}{KEY}echo '{H}  k.pub' | sha256sum -c\ncosign verify-blob --key k.pub --signature t.sig t.tgz\n{RUN}", ["signed", "key:verified"], "the key is pinned"),
    Case("cosign, roots from the same place", f"{GET}curl -o r.pem https://cdn.example/r.pem\ncosign verify-blob {ID} --certificate-chain r.pem --certificate t.pem --signature t.sig t.tgz\n{RUN}", ["signed", "key:unpinned"], "whoever serves them makes certificates"),
    Case("cosign, option before the command", f"{GET}cosign --timeout 3m verify-blob --key k.pub --signature t.sig t.tgz\n{RUN}", ["signed"], "its value is no command"),
    Case("cosign, attestation", f"{GET}cosign verify-blob-attestation --key k.pub --signature t.att --type slsaprovenance t.tgz\n{RUN}", ["signed"], "its subject is the file"),
    Case("cosign, attestation of anything", f"{GET}cosign verify-blob-attestation --check-claims=false --key k.pub --signature t.att t.tgz\n{RUN}", ["unpinned"], "about whatever file"),
    Case("cosign sign-blob", f"{GET}cosign sign-blob --key k.key t.tgz\n{RUN}", ["unpinned"], "signing proves nothing"),
    Case("cosign, another file", f"{GET}cosign verify-blob --key k.pub --signature t.sig other.tgz\n{RUN}", ["unpinned"], "not this one"),
    Case("slsa-verifier", f"{GET}slsa-verifier verify-artifact t.tgz --provenance-path t.intoto.jsonl --source-uri github.com/o/r\n{RUN}", ["signed"], "built from that repository"),
    Case("slsa-verifier without a source", f"{GET}slsa-verifier verify-artifact t.tgz --provenance-path t.intoto.jsonl\n{RUN}", ["unpinned"], "an error of usage"),
    Case("gh attestation", f"{GET}gh attestation verify t.tgz --repo o/r\n{RUN}", ["signed"], "of that repository"),
    Case("gh attestation, options first", f"{GET}gh attestation verify -R o/r --deny-self-hosted-runners t.tgz\n{RUN}", ["signed"], "in any order"),
    Case("gh attestation, short", f"{GET}gh at verify t.tgz -o o\n{RUN}", ["signed"], "its alias"),
    Case("gh attestation of nobody", f"{GET}gh attestation verify t.tgz\n{RUN}", ["unpinned"], "an error of usage"),
    Case("gh attestation, downloaded", f"{GET}gh attestation download t.tgz -R o/r\n{RUN}", ["unpinned"], "not verified"),
    Case("gh attestation, roots from the same place", f"{GET}curl -o r.jsonl https://cdn.example/r.jsonl\ngh attestation verify t.tgz -R o/r --bundle b.jsonl --custom-trusted-root r.jsonl\n{RUN}", ["signed", "key:unpinned"], "whoever serves them makes certificates"),
]  # fmt: skip

OF_KEYS = [
    Case("minisign, key in the folder", f"{GET}minisign -Vm t.tgz\n{RUN}", ["signed"], "minisign.pub"),
    Case("minisign, that key from the same place", f"{GET}curl -O https://cdn.example/minisign.pub\nminisign -Vm t.tgz\n{RUN}", ["signed", "key:unpinned"], "the key is anybody's"),
    Case("minisign, key from the same place", f"{GET}{KEY}minisign -V -p k.pub -m t.tgz\n{RUN}", ["signed", "key:unpinned"], "the key is anybody's"),
    Case("minisign, another key in the folder", f"{GET}curl -O https://cdn.example/minisign.pub\nminisign -Vm t.tgz -P RWQf6LRC\n{RUN}", ["signed", "unpinned"], "it is not the one that is used"),
    Case("minisign, key as text from the same place", f'{GET}K=$(curl https://cdn.example/k.pub)\nminisign -Vm t.tgz -P "$K"\n{RUN}', ["signed", "key:unpinned"], "the key is anybody's"),
    Case("minisign signs", f"{GET}minisign -SHm t.tgz\n{RUN}", ["unpinned"], "signing proves nothing"),
    Case("minisign, prehashed alone", f"{GET}minisign -H -m t.tgz -P RWQf6LRC\n{RUN}", ["unpinned"], "an error of usage"),
    Case("minisign, printed", f"{GET}minisign -V -o -m t.tgz -P RWQf6LRC\n{RUN}", ["signed"], "-o takes no value"),
    Case("minisign, another signature", f"set -e\ncurl -o t.tgz {U}\ncurl -o s https://cdn.example/s\nminisign -V -x s -m t.tgz -P RWQf6LRC\n{RUN}", ["signed"], "the signature is evidence"),
    Case("signify", f"{GET}curl -o t.tgz.sig https://cdn.example/s\nsignify -V -p k.pub -m t.tgz\n{RUN}", ["signed"], "the signature is t.tgz.sig"),
    Case("signify, the system's key", f"{GET}signify-openbsd -V -t base -m t.tgz\n{RUN}", ["signed"], "one of those in /etc/signify"),
    Case("signify, key from the same place", f"{GET}{KEY}signify -V -p k.pub -m t.tgz\n{RUN}", ["signed", "key:unpinned"], "the key is anybody's"),
    Case("signify signs", f"{GET}signify -S -s k.sec -m t.tgz\n{RUN}", ["unpinned"], "signing proves nothing"),
    Case("signify makes a key", f"{GET}signify -G -p k.pub -s k.sec -m t.tgz\n{RUN}", ["unpinned"], "nor does this"),
    Case("signify makes a key and verifies", f"{GET}signify -G -V -p k.pub -m t.tgz\n{RUN}", ["unpinned"], "an error of usage"),
    Case("signify without an action", f"{GET}signify -p k.pub -m t.tgz\n{RUN}", ["unpinned"], "an error of usage"),
    Case("signify, a list", f"{GET}curl -o SHA256.sig https://cdn.example/SHA256.sig\nsignify -C -p k.pub -x SHA256.sig t.tgz\n{RUN}", ["signed"], "the list is signed, and names the file"),
    Case("signify, a whole list", f"{GET}curl -o SHA256.sig https://cdn.example/SHA256.sig\nsignify -C -p k.pub -x SHA256.sig\n{RUN}", ["signed"], "all in it"),
    Case("signify, a list without that file", f"{GET}curl -o u.tgz https://cdn.example/u.tgz\nsignify -C -p k.pub -x SHA256.sig u.tgz\n{RUN}", ["unpinned", "signed"], "only that one is looked at"),
    Case("signify, embedded", f"set -e\ncurl -o t.sig {U}\nsignify -V -e -p k.pub -x t.sig -m t.sh\nsh t.sh\n", ["signed"], "it writes what is signed"),
    Case("signify, in a pipeline", f"set -o pipefail\ncurl {U} | signify -Vz -p k.pub | tar xz\n", ["signed"], "block by block"),
    Case("signify, not in a pipeline", f"curl {U} | signify -z -p k.pub | tar xz\n", [], "nothing comes out"),
    Case("ssh-keygen", f"{GET}ssh-keygen -Y verify -f signers -I a -n file -s t.sig < t.tgz\n{RUN}", ["signed"], "by one of the signers"),
    Case("ssh-keygen, any key", f"{GET}ssh-keygen -Y check-novalidate -n file -s t.sig < t.tgz\n{RUN}", ["unpinned"], "whoever has signed"),
    Case("ssh-keygen, signers from the same place", f"{GET}{KEY}ssh-keygen -Y verify -f k.pub -I a -n file -s t.sig < t.tgz\n{RUN}", ["signed", "key:unpinned"], "the signers are anybody"),
]  # fmt: skip

OF_OPENSSL = [
    Case("openssl, key from the same place", f"{GET}{KEY}openssl dgst -sha256 -verify k.pub -signature t.sig t.tgz\n{RUN}", ["signed", "key:unpinned"], "the key is anybody's"),
    Case("openssl sha256 -verify", f"{GET}openssl sha256 -verify k.pub -signature t.sig t.tgz\n{RUN}", ["signed"], "the same by another name"),
    Case("openssl without a signature", f"{GET}openssl dgst -sha256 -verify k.pub t.tgz\n{RUN}", ["unpinned"], "an error of usage"),
    Case("openssl, two files", f"{GET}openssl dgst -sha256 -verify k.pub -signature t.sig t.tgz u.tgz\n{RUN}", ["unpinned"], "an error of usage"),
    Case("openssl signs", f"{GET}openssl dgst -sha256 -sign k.key -out t.sig t.tgz\n{RUN}", ["unpinned"], "signing proves nothing"),
    Case("openssl, from a pipe", f"{GET}openssl dgst -sha256 -verify k.pub -signature t.sig < t.tgz\n{RUN}", ["signed"], "what comes"),
    Case("pkeyutl", f"{GET}openssl pkeyutl -verify -rawin -digest sha256 -pubin -inkey k.pub -sigfile t.sig -in t.tgz\n{RUN}", ["signed"], "the file"),
    Case("pkeyutl of no digest", f"{GET}openssl pkeyutl -verify -pubin -inkey k.pub -sigfile t.sig -in t.tgz\n{RUN}", ["unpinned"], "without -rawin it wants a digest"),
    Case("pkeyutl of a digest", f"{GET}openssl dgst -sha256 -binary t.tgz > t.hash\nopenssl pkeyutl -verify -pubin -inkey k.pub -sigfile t.sig -in t.hash\n{RUN}", ["signed"], "its digest"),
    Case("pkeyutl, key from the same place", f"{GET}{KEY}openssl pkeyutl -verify -rawin -pubin -inkey k.pub -sigfile t.sig -in t.tgz\n{RUN}", ["signed", "key:unpinned"], "the key is anybody's"),
    Case("pkeyutl signs", f"{GET}openssl pkeyutl -sign -rawin -inkey k.key -in t.tgz -out t.sig\n{RUN}", ["unpinned"], "signing proves nothing"),
    Case("cms", f"{GET}openssl cms -verify -CAfile ca.pem -inform DER -in t.p7s -content t.tgz -out /dev/null\n{RUN}", ["signed"], "by an authority that is named"),
    Case("cms, of the system's authorities", f"{GET}openssl cms -verify -inform DER -in t.p7s -content t.tgz -out /dev/null\n{RUN}", ["unpinned"], "whoever has a certificate"),
    Case("cms, any certificate", f"{GET}openssl cms -verify -noverify -CAfile ca.pem -inform DER -in t.p7s -content t.tgz\n{RUN}", ["unpinned"], "whoever signs brings it along"),
    Case("cms, no signature", f"{GET}openssl cms -verify -nosigs -CAfile ca.pem -inform DER -in t.p7s -content t.tgz\n{RUN}", ["unpinned"], "nothing is verified"),
    Case("cms, one certificate", f"{GET}openssl cms -verify -noverify -nointern -certfile c.pem -inform DER -in t.p7s -content t.tgz\n{RUN}", ["signed"], "by none but that"),
    Case("cms, one certificate and no signature", f"{GET}openssl cms -verify -noverify -nosigs -nointern -certfile c.pem -in t.p7s -content t.tgz\n{RUN}", ["unpinned"], "nothing is verified"),
    Case("cms, one certificate beside others", f"{GET}openssl cms -verify -noverify -certfile c.pem -inform DER -in t.p7s -content t.tgz\n{RUN}", ["unpinned"], "or by what the message brings"),
    Case("cms, authority from the same place", f"{GET}{KEY}openssl cms -verify -CAfile k.pub -in t.p7s -content t.tgz\n{RUN}", ["signed", "key:unpinned"], "the authority is anybody"),
    Case("smime, what it holds", f"set -e\ncurl -o t.p7m {U}\nopenssl smime -verify -CAfile ca.pem -in t.p7m -out t.sh\nsh t.sh\n", ["signed"], "it writes what is signed"),
    Case("openssl enc", f"curl {U} | openssl enc -d -aes-256-cbc -k x | sh\n", ["piped:interpreter"], "decrypted, it is still what was fetched"),
    Case("openssl base64", f"curl {U} | openssl base64 -d | sh\n", ["piped:interpreter"], "so it is decoded"),
    Case("openssl by a cipher's name", f"set -e\ncurl -o t.enc {U}\nopenssl aes-256-cbc -d -in t.enc -out t.sh -k x\nsh t.sh\n", ["unpinned"], "in a file, too"),
    Case("openssl enc, checked", f'set -e\ncurl -o t.enc {U}\nopenssl enc -d -aes-256-cbc -in t.enc -out t.tgz -k x\necho "{H}  t.tgz" | sha256sum -c\n{RUN}', ["verified"], "what comes out is compared"),
]  # fmt: skip

OF_GPG = [
    Case("gpg, whatever key has signed", f"{GET}gpg --auto-key-retrieve --verify t.sig t.tgz\n{RUN}", ["signed", "key:unpinned"], "it is fetched for the signature"),
    Case("gpg, whatever key, by an option", f"{GET}gpg --keyserver-options auto-key-retrieve --verify t.sig t.tgz\n{RUN}", ["signed", "key:unpinned"], "the same"),
    Case("gpg, no key is fetched", f"{GET}gpg --keyserver-options no-auto-key-retrieve --verify t.sig t.tgz\n{RUN}", ["signed"], "the opposite"),
    Case("gpg, key by an address", f"{GET}gpg --locate-keys a@b.example\ngpg --verify t.sig t.tgz\n{RUN}", ["signed", "key:unpinned"], "whoever serves it there"),
    Case("gpg, a format", f"{GET}gpg --keyid-format long --verify t.tgz.asc\n{RUN}", ["signed"], "its value is no file; the signature is not from outside"),
    Case("gpg, the signature alone", f"{GET}curl -o t.tgz.asc {U}.asc\ngpg --verify t.tgz.asc\n{RUN}", ["signed:beside"], "a message in it passes, and t.tgz is not looked at"),
    Case("gpg, then both", f"{GET}curl -o t.tgz.asc {U}.asc\ngpg --verify t.tgz.asc t.tgz\n{RUN}", ["signed"], "a message in it is refused"),
    Case("gpg in a batch, the signature alone", f"{GET}curl -o t.tgz.asc {U}.asc\ngpg --batch --verify t.tgz.asc\n{RUN}", ["unpinned"], "it looks for no other file"),
    Case("gpg2, files one by one", f"{GET}curl -o t.tgz.sig {U}.sig\ngpg2 --verify-files a.sig t.tgz.sig\n{RUN}", ["signed:beside"], "each is verified alone"),
    Case("gpgv, the signature alone", f"{GET}curl -o t.tgz.asc {U}.asc\ngpgv --keyring ./k t.tgz.asc\n{RUN}", ["unpinned"], "it looks for no other file"),
    Case("gpg, the signature alone, and its digest", f'{GET}curl -o t.tgz.asc {U}.asc\ngpg --verify t.tgz.asc\necho "{H}  t.tgz" | sha256sum -c\n{RUN}', ["verified"], "the digest is of the file"),
    Case("gpg, a list with its signature", f"{GET}curl -o s.asc {U}.asc\ngpg --verify s.asc\nsha256sum -c s.asc\n{RUN}", ["signed", "evidence:signed:around"], "lines around the message are read, too"),
    Case("gpg, a list that it writes", f"{GET}curl -o s.asc {U}.asc\ngpg -o s --verify s.asc\nsha256sum -c s\n{RUN}", ["signed"], "what is signed, and no more"),
    Case("gpg, from a pipe", f"{GET}gpg --verify t.sig - < t.tgz\n{RUN}", ["signed"], "what comes"),
    Case("gpgv, keys from the same place", f"{GET}curl -o k.asc https://cdn.example/k\ngpgv --keyring ./k.asc t.sig t.tgz\n{RUN}", ["signed", "key:unpinned"], "the keys are anybody's"),
    Case("sqv", f"{GET}sqv --keyring keys.pgp t.sig t.tgz\n{RUN}", ["signed"], "as gpgv"),
    Case("gpg, keyring from the same place", f"{GET}curl -o k.kr https://cdn.example/k\ngpg --no-default-keyring --keyring ./k.kr --verify t.sig t.tgz\n{RUN}", ["signed", "key:unpinned"], "the keys are anybody's"),
    Case("gpg, a passphrase", f"set -e\ncurl -o t.enc {U}\ngpg --batch --passphrase x -o t.sh -d t.enc\nsh t.sh\n", ["unpinned"], "encrypted, and signed by nobody"),
    Case("gpg without a command", f"curl {U} | gpg | sh\n", ["piped:interpreter"], "it writes what is in the message"),
    Case("gpg, full fingerprint", f"{GET}gpg --recv-keys {F}\ngpg --verify t.sig t.tgz\n{RUN}", ["signed"], "one key alone has it"),
    Case("gpg, short id", f"{GET}gpg --recv-keys {F[-8:]}\ngpg --verify t.sig t.tgz\n{RUN}", ["signed", "key:unpinned"], "others can have it"),
]  # fmt: skip

LEVEL = "'_pkgverify_level {}'"
OF_RPM = [
    *[
        Case(f"{command}", f"{RPM}{command} t.rpm\nrpm -i t.rpm\n", right, why)
        for command, right, why in (
            ("rpm -K", ["unpinned"], "a package that nobody signed passes: its digests stand in it"),
            ("rpm --checksig -v", ["unpinned"], "the same"),
            ("rpmkeys -K", ["unpinned"], "the same"),
            ("rpm -K --nosignature", ["unpinned"], "the same"),
            (f"rpmkeys -K -D {LEVEL.format('all')}", ["signed"], "a signature is asked for"),
            (f"rpmkeys --checksig --define {LEVEL.format('signature')}", ["signed"], "a signature is asked for"),
            (f"rpmkeys -K -D {LEVEL.format('digest')}", ["unpinned"], "digests alone"),
            (f"rpmkeys -K -D {LEVEL.format('none')}", ["unpinned"], "nothing"),
            (f"rpmkeys -K --nosignature -D {LEVEL.format('all')}", ["unpinned"], "and is not"),
            (f"rpmkeys -K --nodigest -D {LEVEL.format('all')}", ["unpinned"], "of the header alone"),
        )
    ],
]  # fmt: skip

OF_SIGNATURES = OF_COSIGN + OF_KEYS + OF_OPENSSL + OF_GPG + OF_RPM
