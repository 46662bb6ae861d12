namespace TacHost.Control.Wire;

/// <summary>A part of the log of a deployment.</summary>
/// <param name="Lines">Complete lines.</param>
/// <param name="Next">The place after them, at which the next part begins.</param>
internal sealed record LogPage(IReadOnlyList<string> Lines, string Next);

/// <summary>A question for a part of the log of a deployment.</summary>
/// <param name="Name">The name of the deployment.</param>
/// <param name="Lines">The number of lines at the end, if <paramref name="From"/> is null.</param>
/// <param name="From">The place at which the part begins, or null for the last lines.</param>
internal sealed record LogQuestion(string Name, int Lines, string? From);
