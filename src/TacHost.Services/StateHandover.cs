using System.Reflection;

namespace TacHost.Services;

/// <summary>Hands the state of one service to its successor, for each state that both agree on.</summary>
internal static class StateHandover
{
    public static void Run(IService predecessor, IService successor)
    {
        foreach (var contract in successor.GetType().GetInterfaces().Where(IsHandover))
        {
            if (!contract.IsInstanceOfType(predecessor))
                continue;
            var state = Call(contract, nameof(IHandsOver<>.HandOver), predecessor, []);
            Call(contract, nameof(IHandsOver<>.TakeOver), successor, [state]);
        }
    }

    private static bool IsHandover(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IHandsOver<>);

    private static object? Call(Type contract, string method, object target, object?[] arguments) =>
        contract.GetMethod(method)!.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, null);
}
