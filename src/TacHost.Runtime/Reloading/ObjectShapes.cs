using System.Collections;
using System.Reflection;
using System.Runtime.InteropServices;
using TacHost.Services;

namespace TacHost.Reloading;

/// <summary>The way to compare objects of a type.</summary>
internal enum Look
{
    Fields,

    /// <summary>Compare the elements in order, and the comparer. The fields depend on reference hashes.</summary>
    Elements,

    /// <summary>Compare only the identity.</summary>
    Identity,

    Opaque,
}

/// <summary>A field, with whether only constructors and init accessors write it.</summary>
/// <param name="Field">The field.</param>
/// <param name="Label">Its name in messages.</param>
/// <param name="IsFinal">True if the field still holds the value set at construction.</param>
internal sealed record ShapeField(FieldInfo Field, string Label, Lazy<bool> IsFinal);

/// <summary>A cache of the fields of types. Must not outlive a comparison, because a type keeps its load context alive.</summary>
internal sealed class ObjectShapes
{
    private static readonly PropertyInfo _tableComparer = typeof(Hashtable).GetProperty("EqualityComparer", BindingFlags.Instance | BindingFlags.NonPublic)!;
    private static readonly string[] _comparerNames = ["Comparer", "KeyComparer", "ValueComparer"];

    private readonly Dictionary<Type, ShapeField[]> _fields = [];
    private readonly FinalFields _final = new();

    public ShapeField[] FieldsOf(Type type)
    {
        if (_fields.TryGetValue(type, out var known))
            return known;
        List<ShapeField> fields = [];
        for (var each = type; each is not null && each != typeof(object); each = each.BaseType)
        {
            // The relation of a service to its tree is matched, not compared.
            if (each == typeof(Service) || each == typeof(MultiService) || each == typeof(Application))
                continue;
            foreach (var field in each.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                fields.Add(new ShapeField(field, SimpleValue.NameOf(field.Name), new Lazy<bool>(() => _final.Contains(field))));
        }

        return _fields[type] = [.. fields];
    }

    public static Look LookAt(Type type)
    {
        if (type == typeof(object) || type == typeof(Lock))
            return Look.Identity;
        if (typeof(SafeHandle).IsAssignableFrom(type) || typeof(Stream).IsAssignableFrom(type) || typeof(Thread).IsAssignableFrom(type) || typeof(Timer).IsAssignableFrom(type)
            || typeof(WaitHandle).IsAssignableFrom(type) || typeof(Task).IsAssignableFrom(type) || typeof(IServiceProvider).IsAssignableFrom(type) || typeof(WeakReference).IsAssignableFrom(type)
            || typeof(ITimer).IsAssignableFrom(type) || typeof(IEnumerator).IsAssignableFrom(type) || type.IsPointer || type.IsByRefLike || type == typeof(Pointer)
            || (type.IsGenericType && type.GetGenericTypeDefinition().FullName is "System.WeakReference`1" or "System.Runtime.CompilerServices.ConditionalWeakTable`2"))
            return Look.Opaque;
        return IsCollection(type) ? Look.Elements : Look.Fields;
    }

    /// <summary>Returns whether a type is one of .NET.</summary>
    public static bool IsOfDotNet(Type type) => type.Assembly.FullName is { } name && name.StartsWith("System.", StringComparison.Ordinal);

    /// <summary>Returns whether the positions in a collection depend on the hashes of its elements.</summary>
    public static bool IsHashed(Type type) => ComparerPropertiesOf(type).Any();

    public static IEnumerable<object?> ComparersOf(object collection) => ComparerPropertiesOf(collection.GetType()).Select(property => property.GetValue(collection));

    private static IEnumerable<PropertyInfo> ComparerPropertiesOf(Type type) =>
        type == typeof(Hashtable) ? [_tableComparer] : _comparerNames.Select(type.GetProperty).OfType<PropertyInfo>();

    /// <summary>Returns whether a collection is nothing but its elements and comparers. Others have bounds, functions or another collection behind them.</summary>
    private static bool IsCollection(Type type) =>
        type == typeof(Hashtable)
        || (type.Namespace is "System.Collections.Generic" or "System.Collections.Concurrent" or "System.Collections.Immutable" or "System.Collections.Frozen"
            && IsOfDotNet(type) && (!type.IsNested || type.Name == "Builder") && type.Name != "BlockingCollection`1"
            && type.GetInterfaces().Any(each => each == typeof(ICollection) || (each.IsGenericType && each.GetGenericTypeDefinition() is var definition && (definition == typeof(ICollection<>) || definition == typeof(IReadOnlyCollection<>)))));
}
