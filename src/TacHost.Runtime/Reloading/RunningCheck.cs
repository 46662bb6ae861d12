using System.Collections;
using System.Reflection;
using TacHost.Services;

namespace TacHost.Reloading;

/// <summary>Compares the running tree with the tree that the previous tac file would create now, and finds the running counterpart of each object.</summary>
/// <remarks>
/// Evaluating the previous tac file again also reads external inputs again, such as a port from a file. Changed inputs are detected in fields that only
/// constructors and init accessors write, which still hold their initial values. Other changes in a running object are its state, and are ignored.
/// </remarks>
internal sealed class RunningCheck
{
    private readonly Dictionary<object, object> _runningOf = new(ReferenceEqualityComparer.Instance);
    private readonly Queue<Action> _left = new();
    private readonly TreeComparison _comparison;
    private readonly CodeComparison _code;
    private readonly ObjectShapes _shapes;
    private readonly HashSet<(object?, FieldInfo)> _written;
    private readonly VariableUse _variableUse;

    /// <param name="comparison">The comparison to which differences are added.</param>
    /// <param name="old">The tree that the previous tac file creates now.</param>
    /// <param name="running">The running tree.</param>
    /// <param name="code">The comparison of the code of both trees, which is the same code in two load contexts.</param>
    /// <param name="shapes">The fields of types.</param>
    public RunningCheck(TreeComparison comparison, Application old, Application running, CodeComparison code, ObjectShapes shapes)
    {
        (_comparison, _code, _shapes) = (comparison, code, shapes);
        _variableUse = new VariableUse(code);
        _written = [.. comparison.Pairs.WrittenVariables];
        Match(old, running);
        foreach (var service in TreeOrder.Of(old))
        {
            if (RunningOf(service) is IService counterpart)
                Expand(service, counterpart);
        }

        while (_left.TryDequeue(out var next))
            next();
    }

    /// <summary>Gets the services that the previous tac file would create now and that are not running.</summary>
    public HashSet<IService> Missing { get; } = new(ReferenceEqualityComparer.Instance);

    public object? RunningOf(object old) => _runningOf.GetValueOrDefault(old);

    /// <summary>Matches services. Children added to a running group have no counterpart and stay in it.</summary>
    private void Match(IService old, IService running)
    {
        _runningOf.Add(old, running);
        if (old is not IEnumerable<IService> before || running is not IEnumerable<IService> now)
            return;
        var bySegment = now.ToDictionary(SegmentOf, StringComparer.Ordinal);
        foreach (var child in before)
        {
            if (bySegment.GetValueOrDefault(SegmentOf(child)) is { } counterpart)
                Match(child, counterpart);
            else
                Missing.UnionWith(TreeOrder.Of(child));
        }
    }

    private static string SegmentOf(IService service) => service.ServicePath[(service.ServicePath.LastIndexOf('/') + 1)..];

    private void Expand(object old, object running)
    {
        if (_code.Compare(old.GetType(), running.GetType()) is not null)
        {
            Note(old, "", $"the running service is a {SimpleValue.NameOf(running.GetType())}, but the unchanged tac file would make a {SimpleValue.NameOf(old.GetType())} now");
            return;
        }

        foreach (var use in _variableUse.OfType(old.GetType(), running.GetType()))
            Compare(use);
        if (old is Array before && running is Array now)
            CompareArrays(old, before, now);
        else if (ObjectShapes.LookAt(old.GetType()) == Look.Elements)
            MapElements(old, (IEnumerable)running);
        else if (ObjectShapes.LookAt(old.GetType()) == Look.Fields)
            CompareFields(old, "", old, running);
    }

    private void CompareFields(object user, string prefix, object old, object running)
    {
        var (before, now) = (_shapes.FieldsOf(old.GetType()), _shapes.FieldsOf(running.GetType()));
        if (before.Length != now.Length)
            return;
        for (var i = 0; i < before.Length; i++)
        {
            if (!before[i].Field.FieldType.IsPointer && before[i].IsFinal.Value)
                Compare(user, prefix + before[i].Label, before[i].Field.GetValue(old), now[i].Field.GetValue(running));
        }
    }

    /// <summary>Compares the lengths of arrays, which never change, and texts in them, which rarely change. Arrays of numbers are treated as buffers.</summary>
    private void CompareArrays(object user, Array old, Array running)
    {
        if (old.Length != running.Length)
            Note(user, "", $"it has {running.Length} elements in the running service, but the unchanged tac file would make {old.Length} now");
        else if (!old.GetType().GetElementType()!.IsPrimitive)
            MapElements(user, running, compareTexts: true);
    }

    private void MapElements(object old, IEnumerable running, bool compareTexts = false)
    {
        object?[] before = [.. ((IEnumerable)old).Cast<object?>()], now = [.. running.Cast<object?>()];
        if (before.Length != now.Length)
            return;
        for (var i = 0; i < before.Length; i++)
        {
            if (compareTexts || (before[i] is not null && now[i] is not null && SimpleValue.TextOf(before[i]!) is null && before[i] is not ValueType))
                Compare(old, $"[{i}]", before[i], now[i]);
        }
    }

    private void Compare(object user, string label, object? old, object? running)
    {
        if (ReferenceEquals(old, running))
            return;
        if (old is null || running is null || (SimpleValue.TextOf(old) is { } before && SimpleValue.TextOf(running) is { } now && before != now))
            Note(user, label, $"{label} is {SimpleValue.Shown(running)} in the running service, but the unchanged tac file would make it {SimpleValue.Shown(old)} now: an input of the tac file has changed");
        else if (SimpleValue.TextOf(old) is not null || old is MemberInfo)
            return;
        else if (old is Delegate first && running is Delegate second)
            CompareFunctions(user, label, first, second);
        else if (old is ValueType)
            CompareFields(user, label + ".", old, running);
        else if (_runningOf.TryAdd(old, running))
            _left.Enqueue(() => Expand(old, running));
        else if (!ReferenceEquals(_runningOf[old], running))
            Note(user, label, $"{label} is another {SimpleValue.NameOf(old.GetType())} in the running service");
    }

    private void CompareFunctions(object user, string label, Delegate old, Delegate running)
    {
        Delegate[] before = old.GetInvocationList(), now = running.GetInvocationList();
        if (before.Length != now.Length || before.Zip(now, (one, other) => _code.Compare(one.Method, other.Method)).Any(difference => difference is not null))
        {
            Note(user, label, $"{label} is another function in the running service");
            return;
        }

        for (var i = 0; i < before.Length; i++)
        {
            if (before[i].Target is { } target && now[i].Target is { } counterpart && !_code.IsScope(target.GetType()))
                Compare(user, label, target, counterpart);
            foreach (var use in _variableUse.OfFunction(before[i], now[i]))
                Compare(use);
        }
    }

    /// <summary>Compares a variable, unless running code writes it, because it is then state.</summary>
    private void Compare(VariableUse.Use use)
    {
        if (use.Problem is null && !_written.Contains((use.OldOwner, use.OldField)) && _comparison.Pairs.OfOldVariable(use.OldOwner, use.OldField) is { } pair)
            Compare(pair, use.Name, use.OldField.GetValue(use.OldOwner), use.NewField.GetValue(use.NewOwner));
    }

    private void Note(object user, string label, string text) => (user as MatchedPair ?? _comparison.Pairs.OfOld(user))?.Differ(label, text);
}
