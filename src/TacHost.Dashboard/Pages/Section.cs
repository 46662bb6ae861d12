namespace TacHost.Dashboard.Pages;

/// <summary>A part of the page that can be replaced on its own, or the constant HTML between such parts.</summary>
/// <param name="Id">The ID of its element, or null for constant HTML.</param>
/// <param name="Html">The element.</param>
internal readonly record struct Part(string? Id, Html Html);

/// <summary>A section of the page.</summary>
/// <param name="Id">The ID of its element.</param>
/// <param name="Parts">All that it consists of, the element itself included.</param>
internal sealed record Section(string Id, IReadOnlyList<Part> Parts)
{
    /// <summary>Gets the whole section.</summary>
    public Html Html => Html.Join(Parts.Select(part => part.Html));

    /// <summary>Returns the elements that differ from those of an earlier view of the page, or null if the sections are not the same ones.</summary>
    public static IReadOnlyList<(string Id, Html Html)>? Changes(IReadOnlyList<Section> before, IReadOnlyList<Section> now) =>
        before.Select(section => section.Id).SequenceEqual(now.Select(section => section.Id)) ? [.. before.Zip(now).SelectMany(pair => pair.Second.ChangesSince(pair.First))] : null;

    private IEnumerable<(string Id, Html Html)> ChangesSince(Section before)
    {
        if (Parts.Count != before.Parts.Count || Parts.Zip(before.Parts).Any(pair => pair.First.Id != pair.Second.Id || (pair.First.Id is null && pair.First.Html != pair.Second.Html)))
            return [(Id, Html)];
        return Parts.Zip(before.Parts).Where(pair => pair.First.Html != pair.Second.Html).Select(pair => (pair.First.Id!, pair.First.Html));
    }
}
