/** What Git hosts send after a push to `main` of `acme/shop`, as their documentation has it, without what nobody reads here. */
const HOST = 'https://git.example';

export const GITHUB = {
  ref: 'refs/heads/main',
  before: '0'.repeat(40),
  after: '1'.repeat(40),
  repository: {
    full_name: 'acme/shop',
    html_url: `${HOST}/acme/shop`,
    git_url: 'git://git.example/acme/shop.git',
    ssh_url: 'git@git.example:acme/shop.git',
    clone_url: `${HOST}/acme/shop.git`,
  },
  commits: [{ id: '1'.repeat(40), added: ['handler.js'] }],
};

export const PAYLOADS = {
  GitHub: GITHUB,
  GitLab: {
    object_kind: 'push',
    ref: 'refs/heads/main',
    project: {
      path_with_namespace: 'acme/shop',
      web_url: `${HOST}/acme/shop`,
      git_ssh_url: 'git@git.example:acme/shop.git',
      git_http_url: `${HOST}/acme/shop.git`,
    },
  },
  'Gitea and Forgejo': {
    ref: 'refs/heads/main',
    repository: {
      full_name: 'acme/shop',
      html_url: `${HOST}/acme/shop`,
      ssh_url: 'ssh://git@git.example:2222/acme/shop.git',
      clone_url: `${HOST}/acme/shop.git`,
    },
  },
  'Bitbucket Cloud': {
    repository: { full_name: 'acme/shop', links: { html: { href: `${HOST}/acme/shop` } } },
    push: { changes: [{ new: { type: 'branch', name: 'main' }, old: { type: 'branch', name: 'main' } }] },
  },
  'Bitbucket Data Center': {
    eventKey: 'repo:refs_changed',
    repository: {
      slug: 'shop',
      links: { clone: [{ href: 'ssh://git@git.example:7999/acme/shop.git' }, { href: `${HOST}/acme/shop.git` }] },
    },
    changes: [{ ref: { id: 'refs/heads/main', displayId: 'main' }, refId: 'refs/heads/main', type: 'UPDATE' }],
  },
} as const;
