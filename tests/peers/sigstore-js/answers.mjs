// Answers, one JSON line for each asked on standard input, whether @sigstore/verify accepts a bundle.
import { createInterface } from 'node:readline';
import { createPublicKey } from 'node:crypto';
import { bundleFromJSON } from '@sigstore/bundle';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import { Verifier, toSignedEntity, toTrustMaterial } from '@sigstore/verify';

function accepts({ bundle, root, artifact, key, identity, issuer }) {
  const finder = key
    ? () => ({ publicKey: createPublicKey(key), validFor: () => true })
    : undefined;
  const material = toTrustMaterial(TrustedRoot.fromJSON(root), finder);
  const logs = root.tlogs?.length ? 1 : 0;
  const options = { ctlogThreshold: key ? 0 : 1, tlogThreshold: logs, timestampThreshold: key ? 0 : 1 };
  const parsed = bundleFromJSON(bundle);
  const entity = toSignedEntity(parsed, parsed.content.$case === 'messageSignature' ? Buffer.from(artifact, 'base64') : undefined);
  const policy = key ? undefined : { subjectAlternativeName: identity, extensions: { issuer } };
  new Verifier(material, options).verify(entity, policy);
}

for await (const line of createInterface({ input: process.stdin })) {
  let answer = { accepted: true, reason: '' };
  try {
    accepts(JSON.parse(line));
  } catch (error) {
    answer = { accepted: false, reason: String(error?.message ?? error).slice(0, 300) };
  }
  process.stdout.write(JSON.stringify(answer) + '\n');
}
