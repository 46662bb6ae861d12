using System.Collections;
using System.Text;
using TacHost.Services;

namespace TacHost.Reloading;

/// <summary>The mapping between the services of two trees.</summary>
/// <remarks>
/// Roots are matched with each other, and children by name. Children without a name are matched by their
/// description, then by their type, and then in order. Services without a counterpart are new or removed.
/// </remarks>
internal sealed class ServiceMatches
{
    private const int DescribedDepth = 4;

    private readonly Dictionary<IService, IService> _newOf = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<IService, IService> _oldOf = new(ReferenceEqualityComparer.Instance);
    private readonly ObjectShapes _shapes;

    public ServiceMatches(Application old, Application @new, ObjectShapes shapes)
    {
        (_shapes, Old, New) = (shapes, [.. TreeOrder.Of(old)], [.. TreeOrder.Of(@new)]);
        OldSet = new HashSet<IService>(Old, ReferenceEqualityComparer.Instance);
        NewSet = new HashSet<IService>(New, ReferenceEqualityComparer.Instance);
        Match(old, @new);
    }

    /// <summary>Gets all services of the old tree, in the order of the start.</summary>
    public IReadOnlyList<IService> Old { get; }

    /// <summary>Gets all services of the new tree, in the order of the start.</summary>
    public IReadOnlyList<IService> New { get; }

    public IReadOnlySet<IService> OldSet { get; }

    public IReadOnlySet<IService> NewSet { get; }

    public IService? NewOf(IService old) => _newOf.GetValueOrDefault(old);

    public IService? OldOf(IService @new) => _oldOf.GetValueOrDefault(@new);

    private void Match(IService old, IService @new)
    {
        _newOf.Add(old, @new);
        _oldOf.Add(@new, old);
        if (old is not IEnumerable<IService> before || @new is not IEnumerable<IService> after)
            return;
        var named = before.Where(child => child.Name is not null).ToDictionary(child => child.Name!, StringComparer.Ordinal);
        foreach (var child in after.Where(child => child.Name is not null))
        {
            if (named.GetValueOrDefault(child.Name!) is { } counterpart)
                Match(counterpart, child);
        }

        MatchBy(before, after, Describe);
        MatchBy(before, after, child => child.GetType().FullName ?? "");
    }

    /// <summary>Matches the remaining children without a name that have the same description.</summary>
    private void MatchBy(IEnumerable<IService> before, IEnumerable<IService> after, Func<IService, string> describe)
    {
        Dictionary<string, Queue<IService>> left = new(StringComparer.Ordinal);
        foreach (var child in before.Where(child => child.Name is null && NewOf(child) is null))
        {
            var key = describe(child);
            (left.TryGetValue(key, out var queue) ? queue : left[key] = new()).Enqueue(child);
        }

        foreach (var child in after.Where(child => child.Name is null && OldOf(child) is null))
        {
            if (left.GetValueOrDefault(describe(child)) is { Count: > 0 } queue)
                Match(queue.Dequeue(), child);
        }
    }

    /// <summary>Returns the type and the simple values up to a limited depth.</summary>
    private string Describe(IService service)
    {
        StringBuilder text = new();
        Append(text, service, DescribedDepth);
        if (service is IEnumerable<IService> collection)
        {
            foreach (var child in collection)
                text.Append('{').Append(child.Name ?? Describe(child)).Append('}');
        }

        return text.ToString();
    }

    private void Append(StringBuilder text, object? value, int depth)
    {
        if (value is null || SimpleValue.TextOf(value) is not null)
        {
            text.Append(value is null ? "null" : SimpleValue.TextOf(value)).Append(';');
            return;
        }

        text.Append(value.GetType().FullName?.Split('[')[0]);
        if (depth == 0 || value is Delegate or System.Reflection.MemberInfo || ObjectShapes.LookAt(value.GetType()) is Look.Opaque or Look.Identity)
            return;
        text.Append('(');
        if (value is IEnumerable elements && (value is Array || ObjectShapes.LookAt(value.GetType()) == Look.Elements))
        {
            foreach (var element in elements)
                Append(text, element, depth - 1);
        }
        else
        {
            foreach (var field in _shapes.FieldsOf(value.GetType()))
                Append(text, field.Field.FieldType.IsPointer ? null : field.Field.GetValue(value), depth - 1);
        }

        text.Append(')');
    }
}
