using System.Reflection;
using TacHost.Loading;

namespace TacHost.Reloading;

/// <summary>Finds the variables that code uses, in two compilations in parallel.</summary>
internal sealed class VariableUse(CodeComparison code)
{
    private const BindingFlags AllFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>A variable of the old code, and its counterpart in the new code.</summary>
    public sealed record Use(string Name, object? OldOwner, FieldInfo OldField, object? NewOwner, FieldInfo NewField, bool IsWritten, string? Problem = null);

    /// <summary>Returns the variables that the code of a type uses: its own and other static fields.</summary>
    public IEnumerable<Use> OfType(Type old, Type @new) =>
        code.OfOld(old) is { } before && code.OfNew(@new) is { } after ? Statics(before, after, old.Module, @new.Module) : [];

    /// <summary>Returns the variables that a function uses: those of its closure and of the script, and static fields.</summary>
    public List<Use> OfFunction(Delegate old, Delegate @new)
    {
        if (code.OfOld(old.Method) is not { } before || code.OfNew(@new.Method) is not { } after)
            return [];
        List<Use> uses = [.. Statics(before, after, old.Method.Module, @new.Method.Module)];
        if (old.Target is { } target && @new.Target is { } counterpart && code.IsScope(target.GetType()))
            AddScope(target, counterpart, before, uses, new HashSet<object>(ReferenceEqualityComparer.Instance));
        return uses;
    }

    private void AddScope(object old, object @new, CodePrint print, List<Use> uses, HashSet<object> seen)
    {
        if (!seen.Add(old))
            return;
        FieldInfo[] first = Fields(old.GetType()), second = Fields(@new.GetType());
        for (var i = 0; i < first.Length; i++)
        {
            CodeVariable variable = new(first[i].Module.ModuleVersionId, first[i].MetadataToken);
            var isWritten = print.Writes.Contains(variable);
            if (!isWritten && !print.Reads.Contains(variable))
                continue;
            if ((IsMade(first[i]) ? second.Where(IsMade).ElementAtOrDefault(first[..i].Count(IsMade)) : second.FirstOrDefault(field => field.Name == first[i].Name)) is not { } counterpart)
            {
                uses.Add(new Use(first[i].Name, old, first[i], @new, first[i], isWritten, $"the variable '{first[i].Name}' is gone"));
                continue;
            }

            if (first[i].GetValue(old) is { } inner && code.IsScope(inner.GetType()) && counterpart.GetValue(@new) is { } innerCounterpart)
                AddScope(inner, innerCounterpart, print, uses, seen);
            else
                uses.Add(new Use(first[i].Name, old, first[i], @new, counterpart, isWritten));
        }
    }

    private static IEnumerable<Use> Statics(CodePrint before, CodePrint after, Module old, Module @new)
    {
        var counterparts = Resolve(after.Reads.Concat(after.Writes), @new).ToDictionary(NameOf, StringComparer.Ordinal);
        foreach (var field in Resolve(before.Reads.Concat(before.Writes), old))
        {
            var isWritten = before.Writes.Contains(new CodeVariable(field.Module.ModuleVersionId, field.MetadataToken));
            if (counterparts.GetValueOrDefault(NameOf(field)) is not { } counterpart)
                yield return new Use(field.Name, null, field, null, field, isWritten, $"the static field '{field.Name}' is gone");
            else if (field.DeclaringType!.ContainsGenericParameters)
                yield return new Use(field.Name, null, field, null, counterpart, isWritten, $"it uses the static field '{field.Name}' of a generic class, which cannot be inspected");
            else
                yield return new Use(field.Name, null, field, null, counterpart, isWritten);
        }

        static string NameOf(FieldInfo field) => $"{field.DeclaringType!.FullName} {field.Name}";
    }

    private static List<FieldInfo> Resolve(IEnumerable<CodeVariable> variables, Module module)
    {
        List<FieldInfo> fields = [];
        foreach (var variable in variables.Distinct())
        {
            var owner = module.ModuleVersionId == variable.Module ? module : AllModules(module).FirstOrDefault(each => each.ModuleVersionId == variable.Module);
            if (owner?.ResolveField(variable.Token) is { IsStatic: true } field)
                fields.Add(field);
        }

        return fields;
    }

    /// <summary>Returns the modules of all assemblies in the load context, which contains the other assemblies of the tac file.</summary>
    private static IEnumerable<Module> AllModules(Module module) => ContextAssemblies.Beside(module.Assembly).Select(assembly => assembly.ManifestModule);

    private static FieldInfo[] Fields(Type type) => [.. type.GetFields(AllFields).OrderBy(field => field.MetadataToken)];

    private static bool IsMade(FieldInfo field) => (field.Name.Contains('<', StringComparison.Ordinal) && field.Name != "<>4__this") || field.Name.StartsWith("CS$", StringComparison.Ordinal);
}
