namespace TacHost;

/// <summary>A compiled script that is not a tac file: a plugin in a single file.</summary>
/// <param name="Code">The assemblies: first those that the script is compiled against, last the script itself.</param>
/// <param name="Libraries">The absolute paths of the assemblies referenced by <c>#r</c>.</param>
/// <param name="Sources">The absolute paths of the script and of the files that it loads.</param>
/// <param name="Notices">The notices for the log.</param>
internal sealed record CompiledScript(IReadOnlyList<CodeImage> Code, IReadOnlyList<string> Libraries, IReadOnlyList<string> Sources, IReadOnlyList<string> Notices);
