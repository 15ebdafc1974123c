# Destroys a stage: scripts/destroy.ps1 -Stage <stage>, or with the options of destroy.sh. All it does itself is to see that Node.js and the packages are there.
[CmdletBinding(PositionalBinding = $false)]
param(
  [string] $Stage,
  [Parameter(ValueFromRemainingArguments)] [string[]] $Options = @()
)
$ErrorActionPreference = 'Stop'
# A program's exit status is looked at below; newer versions would throw before that.
$PSNativeCommandUseErrorActionPreference = $false
$project = Split-Path -Parent $PSScriptRoot

$node = Get-Command node -ErrorAction SilentlyContinue
$version = if ($node) { [version](& node -p process.versions.node) } else { [version]'0.0' }
if ($version -lt [version]'20.19') {
  [Console]::Error.WriteLine('Node.js 20.19 or newer is needed: https://nodejs.org. Nothing was changed.')
  exit 1
}
if (-not (Test-Path (Join-Path $project 'node_modules/tsx'))) {
  Push-Location $project
  try { npm ci } finally { Pop-Location }
  if ($LASTEXITCODE -ne 0) {
    [Console]::Error.WriteLine('npm ci failed. Nothing was changed in AWS; put right what it says and run this again.')
    exit 1
  }
}
$arguments = @(if ($Stage) { $Stage }) + $Options
$tsx = ([uri](Join-Path $project 'node_modules/tsx/dist/loader.mjs')).AbsoluteUri
& node --import $tsx (Join-Path $project 'scripts/destroy.ts') @arguments
exit $LASTEXITCODE
