namespace TacHost;

/// <summary>A compiled script that is no tac: a plugin in one file.</summary>
/// <param name="Code">Its assemblies: that of the script last, after what it is compiled against.</param>
/// <param name="Libraries">Absolute paths of the assemblies it refers to by <c>#r</c>.</param>
/// <param name="Sources">Absolute paths of the script and of what it loads.</param>
/// <param name="Notices">What was noticed and belongs in the log.</param>
internal sealed record CompiledScript(IReadOnlyList<CodeImage> Code, IReadOnlyList<string> Libraries, IReadOnlyList<string> Sources, IReadOnlyList<string> Notices);
