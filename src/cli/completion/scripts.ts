import type { Shell } from '../options/completion.ts';
import { COMPLETE, NO_FILES } from './protocol.ts';

/*
 * Each script hands the words to `buildless __complete` as they are: none of them evaluates what is on the command line.
 * The last line of the answer is the directive; without NO_FILES the shell completes file names if nothing else fits.
 */

const BASH = `# bash completion for buildless
_buildless_completion() {
  local line answer=()
  while IFS= read -r line; do answer+=("$line"); done < <(
    "\${COMP_WORDS[0]}" ${COMPLETE} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null
  )
  COMPREPLY=()
  (( \${#answer[@]} > 0 )) || return
  for line in "\${answer[@]:0:\${#answer[@]}-1}"; do COMPREPLY+=("\${line%%$'\\t'*}"); done
  [[ \${answer[-1]} == ":${NO_FILES}" ]] && compopt +o default
  return 0
}
complete -o default -F _buildless_completion buildless kubectl-buildless
`;

const ZSH = `#compdef buildless kubectl-buildless
_buildless() {
  local line
  local -a answer candidates
  answer=("\${(@f)$("\${words[1]}" ${COMPLETE} "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "\${(@)answer[1,-2]}"; do
    [[ -n $line ]] && candidates+=("\${\${line//:/\\\\:}//$'\\t'/:}")
  done
  [[ "\${words[CURRENT]}" == -*=* ]] && compset -P '*='
  _describe 'buildless' candidates && return 0
  [[ "\${answer[-1]}" == ":${NO_FILES}" ]] || _files
}
if [[ "\${funcstack[1]}" == _buildless ]]; then _buildless "$@"; else compdef _buildless buildless kubectl-buildless; fi
`;

const FISH = `# fish completion for buildless
function __buildless_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  set -l answer ($words[1] ${COMPLETE} $words[2..-1] "$current" 2>/dev/null)
  set -l prefix (string match -r -- '^-.*=' "$current")
  for line in $answer[1..-2]
    printf '%s%s\\n' "$prefix" "$line"
  end
  if test "$answer[-1]" != ':${NO_FILES}'; and test (count $answer) -le 1
    __fish_complete_path (string replace -r -- '^-.*=' '' "$current")
  end
end
complete -c buildless -f -a '(__buildless_complete)'
complete -c kubectl-buildless -f -a '(__buildless_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
