namespace TacHost.Control.Wire;

/// <summary>The result of the method <c>origin</c>: the command line of the process.</summary>
/// <param name="Arguments">The words of the command line, without the program.</param>
/// <param name="Directory">The directory in which it was started, or null if that was gone.</param>
/// <param name="Managed">True if a service manager has started it.</param>
internal sealed record OriginReport(IReadOnlyList<string> Arguments, string? Directory, bool Managed);
