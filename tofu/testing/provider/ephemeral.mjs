// Ephemeral resources. Their values are canaries: whoever finds one in a state file, a plan or a log has found a leak.
import { digest } from './identities.mjs';

const prefix = process.env.NURA_CANARY ?? 'NuraOfflineSecret';

export const answers = {
  aws_secretsmanager_random_password: config => ({
    random_password: `${prefix}${digest(JSON.stringify(config), 24)}`.slice(0, Math.max(config.password_length ?? 32, 24)),
  }),
  aws_secretsmanager_secret_version: config => ({
    arn: config.secret_id,
    secret_string: `${prefix}${digest(config.secret_id, 24)}`,
    version_id: digest(config.secret_id, 32),
  }),
};

/** Whether a value is one of ours. */
export const isCanary = value => typeof value === 'string' && value.startsWith(prefix);
