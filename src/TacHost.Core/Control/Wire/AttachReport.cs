namespace TacHost.Control.Wire;

/// <summary>A session that the method <c>attach</c> has opened. Its notification contains the references for the compiler.</summary>
/// <param name="Session">The ID of the session, for the method <c>evaluate</c>.</param>
/// <param name="Framework">The directory of the framework's assemblies.</param>
/// <param name="References">The other assemblies of the process.</param>
internal sealed record AttachReport(string Session, string Framework, IReadOnlyList<AttachedAssembly> References);

/// <summary>An assembly of a process.</summary>
/// <param name="Name">The name.</param>
/// <param name="Metadata">The metadata without code.</param>
internal sealed record AttachedAssembly(string Name, byte[] Metadata);

/// <summary>The result of the method <c>evaluate</c>.</summary>
/// <param name="Output">The output of <c>print</c>.</param>
/// <param name="Value">The value of the line as C# text, or null.</param>
/// <param name="Failure">The exception that ended the line, or null.</param>
internal sealed record EvaluateReport(string Output, string? Value, string? Failure);
