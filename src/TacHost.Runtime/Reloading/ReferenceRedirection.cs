using System.Collections;
using System.Reflection;
using TacHost.Services;

namespace TacHost.Reloading;

/// <summary>An object that a new service would share with a service that stays, but cannot.</summary>
/// <param name="Shared">The pair of the object.</param>
/// <param name="What">The description of the object, to follow "it shares".</param>
/// <param name="Newcomer">The new service.</param>
internal sealed record ReferenceProblem(MatchedPair Shared, string What, IService Newcomer);

/// <summary>Redirects references of new services to objects that stay, because the counterparts of these objects in the new tree are never started.</summary>
/// <remarks>
/// This is not limited to services. Every object that a kept and a new service share, such as a factory or a cache, must remain a single object. An object
/// whose class the tac file defines has a different type in another compilation, and cannot be shared. Then its owners must be replaced, too.
/// </remarks>
internal sealed class ReferenceRedirection
{
    private const BindingFlags AllFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly Dictionary<object, MatchedPair> _staying = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<(object, MethodBase)> _seenFunctions = [];
    private readonly List<ReferenceProblem> _problems = [];
    private readonly TreeComparison _comparison;
    private readonly RunningCheck _running;
    private readonly ObjectShapes _shapes;
    private readonly HashSet<MatchedPair> _stayingVariables = [];
    private readonly HashSet<MatchedPair> _writtenVariables;
    private readonly VariableUse _ofNew;
    private readonly CodeComparison _newCode;
    private IService _newcomer = null!;
    private bool _isApplied;

    /// <param name="comparison">The comparison of the previous and the current tac file.</param>
    /// <param name="running">The mapping to the running objects.</param>
    /// <param name="newCode">The comparison of the code of the current tac file with itself.</param>
    /// <param name="shapes">The fields of types.</param>
    /// <param name="staying">The services that stay.</param>
    public ReferenceRedirection(TreeComparison comparison, RunningCheck running, CodeComparison newCode, ObjectShapes shapes, IEnumerable<MatchedPair> staying)
    {
        (_comparison, _running, _newCode, _shapes) = (comparison, running, newCode, shapes);
        _ofNew = new VariableUse(newCode);
        _writtenVariables = [.. comparison.Pairs.Writers.Select(each => each.Variable)];
        HashSet<MatchedPair> seen = [];
        Stack<MatchedPair> left = new(staying);
        while (left.TryPop(out var pair))
        {
            if (!seen.Add(pair))
                continue;
            if (pair.Variable is not null)
                _stayingVariables.Add(pair);
            else if (pair.New is not Delegate)
                _staying[pair.New] = pair;
            foreach (var (_, target) in pair.Targets)
                left.Push(target);
        }
    }

    /// <summary>Returns the objects that cannot be shared. Does not change anything.</summary>
    public IReadOnlyList<ReferenceProblem> FindProblems(IEnumerable<IService> newcomers) => Walk(newcomers, isApplied: false);

    /// <summary>Redirects the references. Requires that there are no problems.</summary>
    public void Apply(IEnumerable<IService> newcomers) => Walk(newcomers, isApplied: true);

    private List<ReferenceProblem> Walk(IEnumerable<IService> newcomers, bool isApplied)
    {
        _isApplied = isApplied;
        _seen.Clear();
        _seenFunctions.Clear();
        _problems.Clear();
        List<IService> roots = [.. newcomers];
        _seen.UnionWith(roots);
        foreach (var root in roots)
        {
            _newcomer = root;
            WalkInto(root);
        }

        return [.. _problems];
    }

    private void WalkInto(object root)
    {
        Stack<object> left = new([root]);
        while (left.TryPop(out var each))
        {
            foreach (var use in _ofNew.OfType(each.GetType(), each.GetType()))
                WalkVariable(use, left);
            if (each is Array array)
                WalkArray(array, left);
            else
                WalkFields(each, left);
        }
    }

    private void WalkArray(Array array, Stack<object> left)
    {
        if (array.GetType().GetElementType() is { IsPrimitive: true } || array.Rank != 1)
            return;
        for (var i = 0; i < array.Length; i++)
        {
            if (array.GetValue(i) is { } value && Lead(value, left) is { } other)
                array.SetValue(other, i);
        }
    }

    /// <returns>True if a reference was redirected.</returns>
    private bool WalkFields(object owner, Stack<object> left)
    {
        if (owner is IEnumerable elements && ObjectShapes.LookAt(owner.GetType()) == Look.Elements && ObjectShapes.IsHashed(owner.GetType()))
            LookForKeys(elements);
        var hasChanged = false;
        foreach (var field in _shapes.FieldsOf(owner.GetType()))
        {
            if (field.Field.FieldType.IsPointer || field.Field.FieldType.IsPrimitive || field.Field.GetValue(owner) is not { } value || Lead(value, left) is not { } other)
                continue;
            field.Field.SetValue(owner, other);
            hasChanged = true;
        }

        return hasChanged;
    }

    /// <summary>Reports keys that would be redirected, because the key would be stored at the position of the other object's hash.</summary>
    private void LookForKeys(IEnumerable elements)
    {
        foreach (var element in elements)
        {
            var key = element is DictionaryEntry entry ? entry.Key
                : element?.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) ? type.GetProperty("Key")!.GetValue(element) : element;
            if (key is not null && StayingIn(key, []) is { } pair)
                _problems.Add(new ReferenceProblem(pair, $"a {SimpleValue.NameOf(pair.New.GetType())}, which is {(key == pair.New ? "a key" : "part of a key")} in a collection,", _newcomer));
        }
    }

    /// <summary>Returns a remaining object on which the hash of a key may depend. It is the key itself, or a part of a structure or of a class that overrides GetHashCode.</summary>
    private MatchedPair? StayingIn(object key, HashSet<object> seen)
    {
        if (_staying.GetValueOrDefault(key) is { } pair)
            return pair;
        var type = key.GetType();
        if (SimpleValue.TextOf(key) is not null || ObjectShapes.LookAt(type) != Look.Fields || type.GetMethod(nameof(GetHashCode), Type.EmptyTypes)?.DeclaringType == typeof(object) || (!type.IsValueType && !seen.Add(key)))
            return null;
        return _shapes.FieldsOf(type)
            .Where(field => !field.Field.FieldType.IsPrimitive && !field.Field.FieldType.IsPointer)
            .Select(field => field.Field.GetValue(key) is { } value ? StayingIn(value, seen) : null)
            .FirstOrDefault(found => found is not null);
    }

    /// <summary>Returns the new target of a reference, or null if the reference stays. Objects that belong to a new service are queued for the walk.</summary>
    private object? Lead(object value, Stack<object> left)
    {
        if (SimpleValue.TextOf(value) is not null || value is MemberInfo or Assembly or Module)
            return null;
        if (value is Delegate function)
            return LeadFunction(function, left);
        if (value is ValueType)
            return !value.GetType().IsPrimitive && WalkFields(value, left) && _isApplied ? value : null;
        if (_staying.GetValueOrDefault(value) is { } pair)
            return LeadToStaying(value, pair);
        if (ObjectShapes.LookAt(value.GetType()) is Look.Fields or Look.Elements && _seen.Add(value))
            left.Push(value);
        return null;
    }

    private object? LeadToStaying(object twin, MatchedPair pair)
    {
        var running = _running.RunningOf(pair.Old);
        if (running is not null && running.GetType() == twin.GetType())
            return _isApplied ? running : null;
        if (!IsUnchangeable(twin.GetType(), []))
            _problems.Add(new ReferenceProblem(pair, running is null ? $"a {SimpleValue.NameOf(twin.GetType())}, which cannot be found in the running tree," : $"a {SimpleValue.NameOf(twin.GetType())}, whose class is the tac's own,", _newcomer));
        return null;
    }

    private Delegate? LeadFunction(Delegate function, Stack<object> left)
    {
        var parts = function.GetInvocationList();
        var hasChanged = false;
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].Target is not { } target)
            {
                WalkVariables(parts[i], left);
            }
            else if (_newCode.IsScope(target.GetType()))
            {
                if (_seenFunctions.Add((target, parts[i].Method)))
                    WalkVariables(parts[i], left);
            }
            else if (Lead(target, left) is { } other)
            {
                parts[i] = Delegate.CreateDelegate(parts[i].GetType(), other, parts[i].Method);
                hasChanged = true;
            }
        }

        return hasChanged ? Delegate.Combine(parts) : null;
    }

    private void WalkVariables(Delegate function, Stack<object> left)
    {
        foreach (var use in _ofNew.OfFunction(function, function))
            WalkVariable(use, left);
    }

    private void WalkVariable(VariableUse.Use use, Stack<object> left)
    {
        if (_comparison.Pairs.OfNewVariable(use.NewOwner, use.NewField) is { } pair && _stayingVariables.Contains(pair) && (use.IsWritten || _writtenVariables.Contains(pair)))
        {
            _problems.Add(new ReferenceProblem(pair, $"the variable '{use.Name}'", _newcomer));
            return;
        }

        if (use.NewField.FieldType.IsPrimitive || use.NewField.GetValue(use.NewOwner) is not { } value || Lead(value, left) is not { } other)
            return;
        if (use.NewField is { IsStatic: true, IsInitOnly: true })
            throw new InvalidOperationException($"The static field '{use.Name}' cannot be changed.");
        use.NewField.SetValue(use.NewOwner, other);
    }

    /// <summary>Returns whether objects of a type are immutable, so that sharing or duplicating them makes no difference.</summary>
    private static bool IsUnchangeable(Type type, HashSet<Type> seen)
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(string) || !seen.Add(type))
            return true;
        if (type == typeof(object) || type == typeof(Lock) || type.IsArray || type.IsInterface || typeof(IService).IsAssignableFrom(type) || typeof(Delegate).IsAssignableFrom(type) || ObjectShapes.LookAt(type) != Look.Fields)
            return false;
        if (type.Assembly == typeof(object).Assembly && type.IsValueType)
            return type is { IsGenericType: false };
        for (var each = type; each is not null && each != typeof(object) && each != typeof(ValueType); each = each.BaseType)
        {
            if (each.GetFields(AllFields).Any(field => !field.IsInitOnly || !IsUnchangeable(field.FieldType, seen)))
                return false;
        }

        return type.IsSealed || type.IsValueType;
    }
}
