using System.Collections;
using System.Reflection;
using TacHost.Services;

namespace TacHost.Reloading;

/// <summary>Compares two trees by walking both in parallel. Objects at the same place form a pair, which records their differences.</summary>
/// <remarks>
/// Pairs are used instead of hashes, because two listeners that no longer share a factory would have the same hashes. Each old object belongs to one pair.
/// If it meets a second new object, or the reverse, the sharing has changed. Objects that cannot be inspected are treated as different.
/// </remarks>
internal sealed class TreeComparison
{
    private readonly Queue<Action> _left = new();
    private readonly ServiceMatches _matches;
    private readonly ObjectShapes _shapes;
    private readonly VariableUse _variableUse;

    public TreeComparison(ServiceMatches matches, CodeComparison code, ObjectShapes shapes)
    {
        (_matches, Code, _shapes) = (matches, code, shapes);
        _variableUse = new VariableUse(code);
        foreach (var service in matches.Old)
        {
            if (matches.NewOf(service) is { } counterpart)
                Enter(service, counterpart);
        }

        while (_left.TryDequeue(out var next))
            next();
    }

    public CodeComparison Code { get; }

    public PairIndex Pairs { get; } = new();

    private MatchedPair Enter(object old, object @new)
    {
        MatchedPair pair = new(old, @new);
        Pairs.Add(pair);
        _left.Enqueue(() => Expand(pair));
        return pair;
    }

    private void Compare(MatchedPair user, string label, object? old, object? @new)
    {
        if (ReferenceEquals(old, @new))
            return;
        if (old is null || @new is null)
        {
            user.Differ(label, $"{label} was {SimpleValue.Shown(old)} and is {SimpleValue.Shown(@new)}");
            return;
        }

        if (SimpleValue.TextOf(old) is { } before && SimpleValue.TextOf(@new) is { } after)
        {
            if (before != after || old.GetType().FullName != @new.GetType().FullName)
                user.Differ(label, $"{label} was {SimpleValue.Shown(old)} and is {SimpleValue.Shown(@new)}");
            else
                Note(user, label, Code.Compare(old.GetType(), @new.GetType()));
            return;
        }

        switch (old, @new)
        {
            case (Delegate first, Delegate second):
                CompareFunctions(user, label, first, second);
                break;
            case (Type first, Type second):
                Note(user, label, Code.Compare(first, second));
                break;
            case (MethodBase first, MethodBase second):
                Note(user, label, Code.Compare(first, second));
                break;
            case (MemberInfo first, MemberInfo second):
                Note(user, label, first.Name == second.Name && first.DeclaringType is { } one && second.DeclaringType is { } two ? Code.Compare(one, two) : $"{label} was '{first.Name}' and is '{second.Name}'");
                break;
            case (ValueType first, ValueType second):
                CompareContent(user, label + ".", first, second);
                break;
            default:
                CompareObjects(user, label, old, @new);
                break;
        }
    }

    private void CompareObjects(MatchedPair user, string label, object old, object @new)
    {
        if (Pairs.OfOld(old) is { } known)
        {
            if (ReferenceEquals(known.New, @new))
                user.Refer(label, known);
            else
                user.Differ(label, Shared(label, old));
        }
        else if (Pairs.OfNew(@new) is not null)
        {
            user.Differ(label, Shared(label, old));
        }
        else if ((old is IService && _matches.OldSet.Contains((IService)old)) || (@new is IService && _matches.NewSet.Contains((IService)@new)))
        {
            user.Differ(label, $"{label} is another service".TrimStart());
        }
        else
        {
            user.Refer(label, Enter(old, @new));
        }

        static string Shared(string label, object old) =>
            old is IService service ? $"{label} was '{service.ServicePath}' and is another service".TrimStart() : $"{(label.Length == 0 ? "" : label + ", ")}a {SimpleValue.NameOf(old.GetType())}, is shared with others in another way";
    }

    private void Expand(MatchedPair pair)
    {
        var type = pair.Old.GetType();
        var look = type.IsArray ? Look.Elements : ObjectShapes.LookAt(type);
        if (look == Look.Fields)
            CompareContent(pair, "", pair.Old, pair.New);
        else if (Code.Compare(type, pair.New.GetType()) is { } difference)
            pair.Differ("", difference);
        else if (look == Look.Opaque)
            pair.Differ(MatchedPair.Unseen, $"it is a {SimpleValue.NameOf(type)}, which cannot be inspected");
        else if (look == Look.Elements)
            CompareElements(pair, (IEnumerable)pair.Old, (IEnumerable)pair.New);
    }

    /// <summary>Compares the code, the variables and the fields of two objects or structures.</summary>
    private void CompareContent(MatchedPair user, string prefix, object old, object @new)
    {
        var (first, second) = (old.GetType(), @new.GetType());
        if (Code.Compare(first, second) is { } difference)
        {
            Note(user, prefix.TrimEnd('.'), difference);
            return;
        }

        foreach (var use in _variableUse.OfType(first, second))
            Use(user, use);
        CompareFields(user, prefix, old, @new);
    }

    private void CompareFields(MatchedPair pair, string prefix, object old, object @new)
    {
        var (first, second) = (_shapes.FieldsOf(old.GetType()), _shapes.FieldsOf(@new.GetType()));
        if (first.Length != second.Length)
        {
            pair.Differ(prefix, $"{prefix.TrimEnd('.')} was a {SimpleValue.NameOf(old.GetType())} and is a {SimpleValue.NameOf(@new.GetType())}");
            return;
        }

        for (var i = 0; i < first.Length; i++)
        {
            if (first[i].Field.FieldType.IsPointer)
                pair.Differ(MatchedPair.Unseen, $"{prefix}{first[i].Label} is a pointer, which cannot be inspected");
            else
                Compare(pair, prefix + first[i].Label, first[i].Field.GetValue(old), second[i].Field.GetValue(@new));
        }
    }

    private void CompareElements(MatchedPair pair, IEnumerable old, IEnumerable @new)
    {
        foreach (var (first, second) in ObjectShapes.ComparersOf(old).Zip(ObjectShapes.ComparersOf(@new)))
            Compare(pair, "comparer", first, second);
        object?[] before = [.. old.Cast<object?>()], after = [.. @new.Cast<object?>()];
        if (before.Length != after.Length)
            pair.Differ("", $"it had {before.Length} elements and has {after.Length}");
        else if (old is Array { Rank: > 1 } one && @new is Array other && Shape(one) != Shape(other))
            pair.Differ("", $"it was an array of {Shape(one)} and is one of {Shape(other)}");
        for (var i = 0; i < Math.Min(before.Length, after.Length); i++)
            Compare(pair, $"[{i}]", before[i], after[i]);
    }

    private static string Shape(Array array) => string.Join(" by ", Enumerable.Range(0, array.Rank).Select(array.GetLength));

    private void CompareFunctions(MatchedPair user, string label, Delegate old, Delegate @new)
    {
        if (Pairs.OfFunctions(old, @new) is not { } pair)
        {
            pair = Pairs.Add(old, @new);
            _left.Enqueue(() => ExpandFunction(pair, old, @new));
        }

        user.Refer(label, pair);
    }

    private void ExpandFunction(MatchedPair pair, Delegate old, Delegate @new)
    {
        Delegate[] before = old.GetInvocationList(), after = @new.GetInvocationList();
        Note(pair, "", Code.Compare(old.GetType(), @new.GetType()) ?? (before.Length == after.Length ? null : $"it had {before.Length} functions and has {after.Length}"));
        for (var i = 0; i < Math.Min(before.Length, after.Length); i++)
        {
            Note(pair, "", Code.Compare(before[i].Method, after[i].Method));
            if (pair.Differences.Count > 0)
                return;
            if (before[i].Target is { } target && !Code.IsScope(target.GetType()))
                CompareTargets(pair, target, after[i].Target);
            foreach (var use in _variableUse.OfFunction(before[i], after[i]))
                Use(pair, use);
        }
    }

    /// <summary>Compares the targets of delegates. A target has no name, so its differences are reported for the place of the function.</summary>
    private void CompareTargets(MatchedPair pair, object old, object? @new)
    {
        if (@new is null)
            pair.Differ("", "it had an object and has none");
        else if (!ReferenceEquals(old, @new))
            CompareObjects(pair, "", old, @new);
    }

    private void Use(MatchedPair user, VariableUse.Use use)
    {
        if (use.Problem is { } problem)
        {
            user.Differ(MatchedPair.Unseen, problem);
            return;
        }

        if (Pairs.OfOldVariable(use.OldOwner, use.OldField) is not { } variable)
        {
            variable = Pairs.Add(use);
            var (old, @new) = (use.OldField.GetValue(use.OldOwner), use.NewField.GetValue(use.NewOwner));
            _left.Enqueue(() => Compare(variable, use.Name, old, @new));
        }
        else if (!ReferenceEquals(variable.New, use.NewOwner ?? use.NewField))
        {
            user.Differ(use.Name, $"the variable '{use.Name}' is shared with others in another way");
        }

        user.Refer(use.Name, variable);
        if (use.IsWritten)
            Pairs.Writers.Add((variable, user));
    }

    private static void Note(MatchedPair pair, string label, string? difference)
    {
        if (difference is not null)
            pair.Differ(label, label.Length == 0 ? difference : $"{label}: {difference}");
    }
}
